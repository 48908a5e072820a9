"""With what messages to workers are signed, where they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from permq.config.variables import Variables
from permq.errors import OptionError


@dataclass(frozen=True)
class SigningSettings:
    """Files of signatures.

    Parameters
    ----------
    key
        This machine's private key, `PERMQ_SIGN_KEY`: RSA, PEM, without a password.
    certificate
        The certificate of that key, `PERMQ_SIGN_CERTIFICATE`.
    store
        Folder of the certificates of all who may send, this one's among them, `PERMQ_SIGN_STORE`.
    """

    key: Path
    certificate: Path
    store: Path

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> "SigningSettings | None":
        """Read the settings; None where messages are not signed.

        Raises
        ------
        OptionError
            When only some of them are given, or one names nothing that is there.
        """
        variables = Variables(environment)
        names = {name: f"PERMQ_SIGN_{name.upper()}" for name in ("key", "certificate", "store")}
        given = {name: variables.value(variable) for name, variable in names.items()}
        if not any(given.values()):
            return None
        paths = {}
        for name, text in given.items():
            if text is None:
                raise OptionError(
                    f"{names[name]} is not set: messages are signed with all of "
                    f"{', '.join(names.values())}"
                )
            path = Path(text).expanduser().absolute()
            if not (path.is_dir() if name == "store" else path.is_file()):
                raise OptionError(
                    f"{names[name]}: {path}: no such {'folder' if name == 'store' else 'file'}"
                )
            paths[name] = path
        return cls(**paths)
