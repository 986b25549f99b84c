"""The error of this package."""


class EmuError(Exception):
    """An error of emu: what is wrong, where, and what to do.

    ``kind`` is "usage", "data", "missing", "unavailable" or "io" for bad input, and "bug" for a bug in emu.
    """

    def __init__(self, message, kind="io", where="", remedy=""):
        text = f"{where}: {message}" if where else message
        super().__init__(f"{text} ({remedy})" if remedy else text)
        self.kind, self.where, self.remedy = kind, where, remedy
