"""Offline checks of token formats: checksums and structures that the issuer built in. All pure, none raises."""

from __future__ import annotations

import base64
import binascii
import json
import re
import string
import zlib

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BASE36 = string.digits + string.ascii_lowercase
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_MACAROON_HEAD = b"\x02\x01"
_MACAROON_SIGNATURE = b"\x06\x20"
_SIGNATURE_LENGTH = 32
_SNOWFLAKE_FLOOR = 1000
_NKEY_LENGTH = 36
_REFERENCE_TOKEN = re.compile(rb"reftkn:\d+:\d+:\w+")
_NUMBERED = re.compile(rb"\d+:")


def in_base(number: int, alphabet: str, width: int) -> str:
    """Return a number in the base of an alphabet, padded with the alphabet's zero."""
    digits = ""
    while number:
        number, digit = divmod(number, len(alphabet))
        digits = alphabet[digit] + digits
    return digits.rjust(width, alphabet[0])


def base62_crc32(body: str) -> str:
    """Return the six base62 digits of a text's CRC32."""
    return in_base(zlib.crc32(body.encode()), _BASE62, 6)


def base36_crc32(body: str) -> str:
    """Return the seven base36 digits of a text's CRC32."""
    return in_base(zlib.crc32(body.encode()), _BASE36, 7)


def crc16(data: bytes) -> int:
    """Return the CRC16 (polynomial 0x1021, initial value 0) of bytes."""
    return binascii.crc_hqx(data, 0)


def decoded(text: str) -> bytes:
    """Return what base64 of either alphabet, padded or not, stands for; nothing where it is none."""
    plain = text.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (ValueError, binascii.Error):
        return b""


def decoded_json(text: str) -> dict[str, object]:
    """Return the JSON object that base64 text stands for; an empty one where it is none."""
    try:
        value = json.loads(decoded(text))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def suffix_crc(token: str) -> bool:
    """Tell whether the last six characters after the prefix are the CRC32 of those before (GitHub, npm)."""
    body = token.partition("_")[2]
    return base62_crc32(body[:-6]) == body[-6:]


def routable(token: str) -> bool:
    """Tell whether the last seven characters are the base36 CRC32 of all before (GitLab)."""
    return base36_crc32(token[:-7]) == token[-7:]


def macaroon(token: str) -> bool:
    """Tell whether the token is a version 2 macaroon that ends in a 32-byte signature (PyPI)."""
    data = decoded(token.partition("-")[2])
    signature = data[-_SIGNATURE_LENGTH - len(_MACAROON_SIGNATURE) :]
    return data.startswith(_MACAROON_HEAD) and signature.startswith(_MACAROON_SIGNATURE)


def little_endian_crc(token: str) -> bool:
    """Tell whether the hexadecimal tail is the little-endian CRC32 of the token before it (Grafana)."""
    head, _, tail = token.rpartition("_")
    return zlib.crc32(head.encode()).to_bytes(4, "little").hex() == tail.lower()


def big_endian_crc(token: str) -> bool:
    """Tell whether the eight hexadecimal digits after `=` are the CRC32 of all before (Atlassian)."""
    head, _, tail = token.rpartition("=")
    return f"{zlib.crc32(head.encode()):08X}" == tail.upper()


def numbered_secret(token: str) -> bool:
    """Tell whether the text after the prefix decodes to a number, a colon and bytes (Bitbucket Data Center)."""
    return _NUMBERED.match(decoded(token.partition("-")[2])) is not None


def grafana_cloud(token: str) -> bool:
    """Tell whether the text after the prefix is JSON with an organisation and a key."""
    return {"o", "k"} <= decoded_json(token[4:]).keys()


def grafana_legacy(token: str) -> bool:
    """Tell whether the text is JSON with a key, a name and an organisation's number."""
    return {"k", "n", "id"} <= decoded_json(token).keys()


def sentry_organisation(token: str) -> bool:
    """Tell whether the middle of the token is JSON with an issue time and an organisation."""
    return {"iat", "org"} <= decoded_json(token.split("_")[1]).keys()


def service_account(token: str) -> bool:
    """Tell whether the text after the prefix is JSON (1Password)."""
    return bool(decoded_json(token[4:]))


def snowflake(token: str) -> bool:
    """Tell whether the first part decodes to a number that can be an account's (Discord)."""
    number = decoded(token.partition(".")[0])
    return number.isdigit() and int(number) > _SNOWFLAKE_FLOOR


def reference_token(token: str) -> bool:
    """Tell whether the text decodes to a reference token (JFrog)."""
    return _REFERENCE_TOKEN.match(decoded(token)) is not None


def bech32(token: str) -> bool:
    """Tell whether a bech32 text carries its own checksum (age)."""
    prefix, _, data = token.lower().rpartition("1")
    values = [_BECH32.find(character) for character in data]
    expanded = [ord(character) >> 5 for character in prefix] + [0] + [ord(character) & 31 for character in prefix]
    return -1 not in values and bech32_polymod(expanded + values) == 1


def bech32_polymod(values: list[int]) -> int:
    """Return the bech32 checksum state of five-bit values."""
    state = 1
    for value in values:
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_BECH32_GENERATORS):
            state ^= generator if top >> bit & 1 else 0
    return state


def nkey(token: str) -> bool:
    """Tell whether the last two bytes are the CRC16 of the others (NATS)."""
    try:
        data = base64.b32decode(token + "=" * (-len(token) % 8))
    except (ValueError, binascii.Error):
        return False
    return len(data) == _NKEY_LENGTH and crc16(data[:-2]).to_bytes(2, "little") == data[-2:]
