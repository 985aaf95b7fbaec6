"""The original services' own client code, as it stands in original/ (MIT-0), against a server with --sagemaker-local.

    python3 scripts/check/sagemaker/original.py WORK        (needs boto3, requests, matplotlib, streamlit==1.30.0, pyarrow<20)

app.py is the twin's web client, of which nothing but its two constants is changed. It runs in streamlit's AppTest,
which knows no file upload, so the uploaded files are put into its hands; what it draws is looked at. It sets an
option that streamlit refuses today, and one (width=None) that matplotlib does; both are let pass.
"""

import difflib
import io
import json
import os
import pathlib
import re
import sys

import server

server.headless()

import matplotlib.pyplot as plt
import numpy as np
import streamlit
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

ORIGINAL = pathlib.Path(__file__).parent / "original"
PAIR = server.golden("siamese.json")["pairs"][0]
UPLOADS = {"Upload 1st Image": PAIR["left"], "Upload 2nd Image": PAIR["right"]}


def configured(work):
    """app.py with an endpoint and a region."""
    original = (ORIGINAL / "twin/app.py").read_text()
    app = re.sub(r"(?m)^SAGEMAKER_ENDPOINTS = .*$", 'SAGEMAKER_ENDPOINTS = ["siamese"]', original)
    app = re.sub(r"(?m)^REGIONS = .*$", 'REGIONS = ["eu-west-1"]', app)
    changed = [line for line in difflib.ndiff(original.splitlines(), app.splitlines()) if line.startswith("+ ")]
    assert len(changed) == 2, changed
    file = pathlib.Path(work, "app.py")
    file.write_text(app)
    return file


def check_app(work):
    figures = []
    draw = DeltaGenerator.pyplot

    def pyplot(self, fig, width):
        figures.append(fig)
        return draw(self, fig, clear_figure=False)

    streamlit.set_option = lambda key, value: None
    DeltaGenerator.pyplot = pyplot
    DeltaGenerator.file_uploader = lambda self, label, type: io.BytesIO((server.PICTURES / UPLOADS[label]).read_bytes())
    app = AppTest.from_file(str(configured(work)), default_timeout=120).run()
    assert not app.exception, app.exception
    app.sidebar.checkbox[0].check().run()
    app.sidebar.button[0].click().run()
    assert not app.exception, app.exception

    assert [each.value for each in app.subheader] == ["Similar: 100.00%"], app.subheader
    assert len(figures) == 2, len(figures)
    for figure, golden in zip(figures, ["leftMap", "rightMap"]):
        (axes,) = figure.axes
        picture, heat = axes.images
        assert np.asarray(picture.get_array()).shape == (400, 600, 3)
        assert heat.get_array().shape == (7, 7) and heat.get_cmap().name == "jet" and heat.get_alpha() == 0.3
        assert list(heat.get_extent()) == [0, 600, 400, 0]
        server.near(heat.get_array().ravel().tolist(), np.ravel(PAIR[golden]).tolist())
        out = io.BytesIO()
        figure.savefig(out, format="raw")
        colours = len(set(out.getvalue()[i : i + 4] for i in range(0, len(out.getvalue()), 4)))
        assert colours > 1000, colours
    print(f"The twin's web client drew its two heat-maps and says: {app.subheader[0].value}")


def in_notebook(work, client, pictures):
    """A working directory as its notebooks have it."""
    here = pathlib.Path(work, client, "notebook")
    here.mkdir(parents=True)
    (here.parent / "sample").mkdir()
    for name, picture in pictures.items():
        (here.parent / "sample" / name).write_bytes((server.PICTURES / picture).read_bytes())
    os.chdir(here)


def check_twin_notebook(work):
    in_notebook(work, "twin", {"c1.jpg": PAIR["left"], "c3.jpg": PAIR["right"]})
    names = {"endpoint_name": "siamese"}
    exec("import requests, boto3", names)
    for code in server.cells(ORIGINAL / "twin/03_SageMaker.ipynb", "### Testing", 2):
        exec(code, names)
    server.near([names["neg"], names["pos"]], PAIR["logits"])
    assert [len(row) for row in names["maps"]] == [7] * 14


def check_unet_notebook(work):
    in_notebook(work, "unet", {"street_view_of_a_small_neighborhood.png": "street1.jpg"})
    names = {"endpoint_name": "fastunet"}
    exec("import base64, json, boto3\nimport numpy as np\nimport matplotlib.pyplot as plt\nfrom PIL import Image", names)
    for code in server.cells(ORIGINAL / "unet/04_SageMaker.ipynb", "### Testing", 3):
        exec(code, names)
    check_mask(names["pred_decoded"])
    (image,) = plt.gca().images
    assert image.get_array().shape == (96, 128)
    print("The notebooks' cells got logits and maps of the twin, and drew the U-Net's mask.")


def check_mask(mask):
    import base64
    import zlib

    golden = zlib.decompress(base64.b64decode(server.golden("fastunet.json")["scenes"][0]["mask"]))
    others = int((mask.ravel() != np.frombuffer(golden, np.uint8)).sum())
    assert others <= 10, f"{others} pixels are of other classes than PyTorch's"


def main(work):
    with server.torchserve(work, "all", "--sagemaker-local", pathlib.Path(work, "s3")).wait() as running:
        os.environ["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"] = running.url
        check_app(work)
        check_twin_notebook(work)
        check_unet_notebook(work)


main(sys.argv[1])
