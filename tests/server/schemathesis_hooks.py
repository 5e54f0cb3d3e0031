"""What schemathesis cannot make up by itself: bodies that are pictures, and their base64.

It loads this by the name in SCHEMATHESIS_HOOKS.
"""

import base64

import schemathesis
from hypothesis import strategies as st

from inkdigits.server.body import PICTURE_TYPES
from tests.server.conftest import document, seven, small

PICTURES = st.sampled_from([small(2), small(5), seven(), document(2)])

for kind in PICTURE_TYPES:
    schemathesis.openapi.media_type(kind, PICTURES)
schemathesis.openapi.format("binary", PICTURES)  # the files of a form
schemathesis.openapi.format("byte", PICTURES.map(lambda data: base64.b64encode(data).decode()))
