"""Writes src/test/resources/archive/: small inputs, and what the original torch-model-archiver makes of them.

Needs torch-model-archiver 0.12.0 (pip install torch-model-archiver==0.12.0) and nothing else.
Run from the repository's root: python3 scripts/golden/archives.py

input/       files to pack, and the directory the archiver runs in
cases.json   per case: its name, the arguments ({out} is the export path), what lies in the export path before, and the
             original's exit code
original/    per case that succeeded, what the original left in the export path
patterns.json  what Python's glob finds in input/ for some patterns
"""
import glob
import json
import pathlib
import random
import shutil
import subprocess
import sys

ROOT = pathlib.Path("src/test/resources/archive")
INPUT = ROOT / "input"
ORIGINAL = ROOT / "original"

rng = random.Random(11)
FILES = {
    "model/encoder_weight.pth": rng.randbytes(300),
    "model/head_weight.pth": b"\0" * 2000,
    "model/net.py": b"class Net: pass\n",
    "deployment/handler.py": b"def handle(data, context): return data\n",
    "model-config.yaml": b"minWorkers: 1\nmaxWorkers: 2\nbatchSize: 4\nhandler:\n  profile: true\n",
    "requirements.txt": b"numpy\n",
    "labels/index_to_name.json": b'{"0": "cat"}\n',
    "extra/a.txt": b"a\n",
    "extra/b.txt": b"b\n",
    "extra/.dot": b"a file with a dot is packed\n",
    "extra/sub/deep/s.txt": b"s\n",
    "extra/.hidden/h.txt": b"a directory with a dot is not\n",
    "extra/sub/__pycache__/p.pyc": b"nor is this one\n",
    "extra/__MACOSX/m.txt": b"nor is this one\n",
    "with space/x y.txt": b"x\n",
}

TWIN = ["--model-name", "twin", "--version", "1.0", "--export-path", "{out}"]
BUILT_IN = [*TWIN, "--handler", "image_classifier"]

CASES = {
    # A line found in the wild.
    "repeated_force": ["--model-name", "twin", "--version", "1.0", "--serialized-file", "./model/encoder_weight.pth",
                       "--export-path", "{out}", "--handler", "./deployment/handler.py", "-f",
                       "--extra-files", "./model/head_weight.pth", "-f"],
    "built_in_handler": [*BUILT_IN, "--serialized-file", "model/head_weight.pth"],
    "everything": [*TWIN, "--handler", "deployment/handler.py", "--model-file", "model/net.py",
                   "--serialized-file", "model/encoder_weight.pth", "--extra-files", "extra,labels/index_to_name.json",
                   "-r", "requirements.txt", "-c", "model-config.yaml", "--runtime", "python3"],
    "tgz": [*BUILT_IN, "--archive-format", "tgz", "--extra-files", "extra", "-c", "model-config.yaml",
            "--serialized-file", "model/encoder_weight.pth"],
    "zip_store": [*BUILT_IN, "--archive-format", "zip-store", "--extra-files", "extra,model/head_weight.pth"],
    "no_archive": [*BUILT_IN, "--archive-format", "no-archive", "--extra-files", "extra", "-c", "model-config.yaml"],
    "handler_without_py": [*TWIN, "--handler", "deployment/handler"],
    "handler_with_function": [*TWIN, "--handler", "deployment/handler:handle"],
    "last_extra_files_count": [*BUILT_IN, "--extra-files", "extra", "--extra-files", "labels"],
    "patterns": [*BUILT_IN, "--extra-files", "model/*_weight.pth,extra/[!b].txt,w*e/?*.txt,lab*"],
    "pattern_skips_dot_files": [*BUILT_IN, "--extra-files", "extra/*"],
    "pattern_without_match": [*BUILT_IN, "--extra-files", "nothing*.pth,labels,"],
    "equals_signs": ["--model-name=twin", "--version=1.0", "--export-path={out}", "--handler=base_handler"],
    "attached_value": ["--model-name", "twin", "-v2.5", "--export-path", "{out}", "--handler", "base_handler"],
    "text_escapes": ["--model-name", "twin", "-v", "1.0-\u00e9\u20ac\U0001f525\"\\", "--export-path", "{out}",
                     "--handler", "base_handler"],
    "forced": [*BUILT_IN, "-f"],
    "forced_directory": [*BUILT_IN, "--archive-format", "no-archive", "--force"],
    "existing": BUILT_IN,
    "existing_directory": [*BUILT_IN, "--archive-format", "no-archive"],
    "bad_name": [*BUILT_IN, "--model-name", "twin/2"],
    "no_export_path": ["--model-name", "twin", "--version", "1.0", "--handler", "base_handler", "--export-path", "nowhere"],
    "no_name": ["--version", "1.0", "--handler", "base_handler", "--export-path", "{out}"],
    "no_handler": TWIN,
    "no_version": ["--model-name", "twin", "--handler", "base_handler", "--export-path", "{out}"],
    "bad_runtime": [*BUILT_IN, "--runtime", "ruby"],
    "bad_format": [*BUILT_IN, "--archive-format", "rar"],
    "unknown_flag": [*BUILT_IN, "--fast"],
    "stray_word": [*BUILT_IN, "twin"],
    "missing_value": [*BUILT_IN, "--serialized-file"],
    "flag_for_a_value": [*BUILT_IN, "--serialized-file", "-f"],
    "dash_for_a_value": [*BUILT_IN, "--model-name", "-twin"],
    "at_sign": [*TWIN, "--handler", "@requirements.txt"],
    "missing_serialized_file": [*BUILT_IN, "--serialized-file", "model/none.pth"],
    "missing_model_file": [*BUILT_IN, "--model-file", "none.py"],
    "missing_handler_file": [*TWIN, "--handler", "deployment/none.py"],
    "missing_extra_file": [*BUILT_IN, "--extra-files", "labels,none.txt"],
    "missing_requirements": [*BUILT_IN, "-r", "none.txt"],
    "missing_config": [*BUILT_IN, "-c", "none.yaml"],
    "directory_as_serialized_file": [*BUILT_IN, "--serialized-file", "model"],
}
BEFORE = {
    "forced": ["twin.mar"],
    "forced_directory": ["twin/old.txt"],
    "existing": ["twin.mar"],
    "existing_directory": ["twin/old.txt"],
}
PATTERNS = ["*", "*/*.txt", "extra/*", "extra/.*", "extra/[ab].txt", "extra/[!a].txt", "extra/[a-b].txt", "extra/[b-a].txt",
            "extra/?.txt", "extra/[a", "extra/[]a].txt", "extra/[!]a].txt", "extra/a.txt", "./extra/./*.txt", "extra/**/*.txt",
            "ex*a/su?/d*p/*", "model/*.pt", "m*/*_weight.pth", "with space/*", "*/none/*", "extra/a.txt/*", "extra/[^a].txt",
            "extra/a[.]txt", "[m]odel*", "extra/[a&&b].txt", "extra/[\\\\a].txt", "extra/../model/*.py", "*.TXT"]


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def run(name, arguments):
    out = (ORIGINAL / name).resolve()
    out.mkdir(parents=True)
    for file in BEFORE.get(name, []):
        write(out / file, b"old\n")
    command = [sys.executable, "-m", "model_archiver.model_packaging", *(a.replace("{out}", str(out)) for a in arguments)]
    code = subprocess.run(command, cwd=INPUT, capture_output=True).returncode
    if code != 0:
        shutil.rmtree(out)
    return {"name": name, "arguments": arguments, "before": BEFORE.get(name, []), "exit": code}


shutil.rmtree(ROOT / "input", ignore_errors=True)
shutil.rmtree(ORIGINAL, ignore_errors=True)
for file, content in FILES.items():
    write(INPUT / file, content)
cases = [run(name, arguments) for name, arguments in CASES.items()]
(ROOT / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
matches = {pattern: sorted(glob.glob(pattern, root_dir=INPUT)) for pattern in PATTERNS}
(ROOT / "patterns.json").write_text(json.dumps(matches, indent=1) + "\n")
