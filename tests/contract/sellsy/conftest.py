import pytest

from tests.contract.sellsy.document import PATH, Document


@pytest.fixture(scope="session")
def document() -> Document:
    if not PATH.is_file():
        pytest.skip("Sellsy's OpenAPI document is not beside this repository (SELLSY_OPENAPI)")
    return Document.load()
