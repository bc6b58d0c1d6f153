from tests.acceptance.conftest import commands, migrated

__all__ = ["commands", "migrated"]
