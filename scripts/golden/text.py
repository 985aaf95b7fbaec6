"""Writes src/test/resources/text/: what TorchServe's text_classifier answers, and vocabularies in every form.

model.pt      EmbeddingBag and Linear as TorchScript, forward(text, offsets); index_to_name.json names its classes
vocab_*.pt    torchtext: a Vocab of torchtext 0.18; script: the same as TorchScript; legacy: the Vocab of torchtext 0.8, whose
              class is written out here as it was; dict, default: plain dicts; old_zip: a dict in the format before PyTorch 1.6;
              no_default: a Vocab without an index for other words; hostile, tensor, texts: what is refused
cases.json    texts, the words found in them, and TorchServe's answers to the letter

The handler is TorchServe's own; only the context it is given is made here.
Needs torch 2.3.1, torchtext 0.18.0, torchserve 0.12.0 and what its handlers import (captum, psutil, pyyaml, matplotlib).
Run from the repository's root:
    python scripts/golden/text.py
"""
import collections
import json
import os
import pathlib
import shutil
import types

import torch
import torchtext
from torchtext.vocab import build_vocab_from_iterator
from ts.handler_utils.text_utils import ngrams_iterator
from ts.torch_handler.text_classifier import TextClassifier

import scripted

OUT = pathlib.Path("src/test/resources/text")
NAMES = {"0": "World", "1": ["s", "Sports"], "2": "Caf\u00e9", "3": "Sci/Tech"}
TEXTS = [
    "Bloomberg has decided to publish a new report on the global economy.",
    "<b>I can't</b> believe it's not butter &amp; I'd've said so; don't you?",
    "'Cause the o'clock y'all'd've won't CAN'T've I'M rock'n'roll",
    "Café naïve ＦＵＬＬ Ångström ﬁne ℌ ½ … — “quoted” ’tis Straße İstanbul ΣΑΣ",
    "line one\nline <two\nbroken> three\tfour\u00a0five\u2003six\x1cseven\x0beight",
    "a < b > c && d &lt; e &#65; &#x41; &AMP; &#1234567; &;",
    "<<nested> tags> and <unclosed tag at the end",
    "Prices: $3.50, 20% off! e-mail me@example.com (now) [or] {never} ~ ^ | `code`",
    "the the the new new global economy report report",
    "<br /> hello<br>world; it:is.this\"",
    "x",
    "日本語 text 한국어 \U0001f600 ok a\u0301b",
    "she's sh'd sha'n't ma'am who're it'll ain't weren't let's he'd'l",
]


class TextModel(torch.nn.Module):
    def __init__(self, words):
        super().__init__()
        self.embedding = torch.nn.EmbeddingBag(words, 16)
        self.fc = torch.nn.Linear(16, len(NAMES))

    def forward(self, text, offsets):
        return self.fc(self.embedding(text, offsets))


class Legacy:
    """torchtext 0.8's Vocab, as far as it is saved: vocab.py, __getstate__."""
    UNK = "<unk>"

    def __init__(self, words):
        self.freqs = collections.Counter(words)
        self.itos = list(words)
        self.unk_index = 0
        self.stoi = {word: i for i, word in enumerate(words)}
        self.vectors = None


class Hostile:
    def __reduce__(self):
        return os.system, ("touch /tmp/sconce-was-here",)


def saved(value, name, **arguments):
    torch.save(value, OUT / name, **arguments)


def vocabularies(handler):
    words = [list(ngrams_iterator(found(handler, text), 2)) for text in TEXTS[:9]]
    vocab = build_vocab_from_iterator(words, min_freq=1, specials=["<unk>"])
    saved(build_vocab_from_iterator(words[:1]), "vocab_no_default.pt")
    vocab.set_default_index(vocab["<unk>"])
    saved(vocab, "vocab_torchtext.pt")
    scripted.save(torch.jit.script(vocab), OUT / "vocab_script.pt")
    stoi = {word: i for i, word in enumerate(vocab.get_itos())}
    saved(stoi, "vocab_dict.pt")
    saved(stoi, "vocab_old_zip.pt", _use_new_zipfile_serialization=False)
    saved(collections.defaultdict(int, stoi), "vocab_default.pt")
    Legacy.__module__, Legacy.__qualname__, Legacy.__name__ = "torchtext.vocab", "Vocab", "Vocab"
    kept, torchtext.vocab.Vocab = torchtext.vocab.Vocab, Legacy
    saved(Legacy(vocab.get_itos()), "vocab_legacy.pt")
    torchtext.vocab.Vocab = kept
    saved(Hostile(), "vocab_hostile.pt")
    saved(torch.zeros(3), "vocab_tensor.pt")
    saved({"a": "b"}, "vocab_texts.pt")
    return vocab


def found(handler, text):
    """TextClassifier.preprocess up to the words."""
    text = handler._remove_html_tags(text)
    text = text.lower()
    text = handler._expand_contractions(text)
    text = handler._remove_accented_characters(text)
    return handler._tokenize(handler._remove_punctuation(text))


def context(directory):
    return types.SimpleNamespace(
        system_properties={"model_dir": str(directory), "gpu_id": None}, model_yaml_config={},
        manifest={"model": {"modelName": "text", "modelVersion": "1.0", "serializedFile": "model.pt"}},
        metrics=types.SimpleNamespace(add_time=lambda *unused: None),
        get_request_header=lambda index, name: None)


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    torch.manual_seed(7)
    handler = TextClassifier()
    vocab = vocabularies(handler)
    scripted.save(torch.jit.script(TextModel(len(vocab)).eval()), OUT / "model.pt")
    (OUT / "index_to_name.json").write_text(json.dumps(NAMES))
    shutil.copy(OUT / "vocab_torchtext.pt", OUT / "source_vocab.pt")
    handler.initialize(context(OUT))
    (OUT / "source_vocab.pt").unlink()
    cases = []
    for text in TEXTS:
        body = bytearray(text.encode())
        answer = handler.handle([{"body": body}], context(OUT))[0]
        terms = list(ngrams_iterator(found(handler, text), 2))
        cases.append({"text": text, "terms": terms, "indices": [vocab[term] for term in terms],
                      "answer": json.dumps(answer, indent=2)})
    (OUT / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")


main()
