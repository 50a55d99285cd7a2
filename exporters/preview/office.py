"""Office files -> PDF through LibreOffice: with a profile of its own, without macros, links or network."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from exporters.errors import BriefpackError, Fault
from exporters.preview.tools import Tool, install_line, require, run

TIMEOUT = 180.0
"""Seconds for one call; three files of a usual pack take about three."""

LIBREOFFICE = Tool(
    title="LibreOffice",
    programs=("soffice", "libreoffice"),
    variable="BRIEFPACK_SOFFICE",
    places={
        "linux": (
            "/usr/lib/libreoffice/program/soffice",
            "/usr/lib64/libreoffice/program/soffice",
            "/opt/libreoffice*/program/soffice",
            "/usr/local/lib/libreoffice*/program/soffice",
        ),
        "darwin": (
            "/Applications/LibreOffice*.app/Contents/MacOS/soffice",
            "~/Applications/LibreOffice*.app/Contents/MacOS/soffice",
        ),
        # The .com program waits until the work is done; the .exe of the same name does not.
        "win32": (
            r"%ProgramFiles%\LibreOffice*\program\soffice.com",
            r"%ProgramFiles(x86)%\LibreOffice*\program\soffice.com",
            r"%LOCALAPPDATA%\Programs\LibreOffice*\program\soffice.com",
        ),
    },
    install={
        "apt": "libreoffice-writer libreoffice-calc libreoffice-impress fonts-noto-cjk",
        "dnf": "libreoffice-writer libreoffice-calc libreoffice-impress google-noto-sans-cjk-fonts",
        "zypper": "libreoffice-writer libreoffice-calc libreoffice-impress google-noto-sans-cjk-fonts",
        "pacman": "libreoffice-fresh noto-fonts-cjk",
        "apk": "libreoffice font-noto-cjk",
        "brew": "--cask libreoffice",
        "winget": "TheDocumentFoundation.LibreOffice",
    },
)

# Nothing that a document holds may run, and nothing may be fetched: links are not followed, and what would still go
# out goes to a proxy at a port where nobody listens.
_SETTINGS = (
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Common/Misc", "FirstRun", "false"),
    ("Writer/Content/Update", "Link", "0"),
    ("Calc/Content/Update", "Link", "1"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
    ("Inet/Settings", "ooInetNoProxy", ""),
)


def to_pdf(files: Sequence[Path], folder: Path, *, timeout: float = TIMEOUT) -> list[Path]:
    """Convert Office files (.docx, .pptx, .xlsx) into PDF files of the same stems in *folder*, in one call.

    Every file passes the package guard first. Raises MissingToolError, PackageError, or BriefpackError naming each
    file that LibreOffice could not read.
    """
    program = require(LIBREOFFICE)[LIBREOFFICE.title]
    for file in files:
        _guard(file)
    folder.mkdir(parents=True, exist_ok=True)
    made = [folder / f"{file.stem}.pdf" for file in files]
    for path in made:
        path.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="briefpack-office-", ignore_cleanup_errors=True) as home:
        profile = Path(home, "profile")
        _write_profile(profile)
        command: list[str | Path] = [
            program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--invisible", "--norestore",
            "--nologo", "--nodefault", "--nofirststartwizard", "--convert-to", "pdf", "--outdir", folder, *files,
        ]  # fmt: skip
        code, _, said = run(command, timeout=timeout, title="LibreOffice", environment={"TMPDIR": home})
    faults = [_unread(file, code, said) for file, path in zip(files, made, strict=True) if not path.is_file()]
    if faults:
        raise BriefpackError(faults)
    return made


def _guard(file: Path) -> None:
    from exporters.package import Package

    with Package.open(file, name=str(file)):
        pass


def _unread(file: Path, code: int, said: str) -> Fault:
    last = said.splitlines()[-1] if said else f"it ended with code {code} and said nothing"
    hint = f"does it open in LibreOffice itself? A part may be missing: {install_line([LIBREOFFICE])}"
    return Fault("not-converted", f"LibreOffice made no PDF of it: {last}", str(file), hint=hint)


def _write_profile(profile: Path) -> None:
    items = "".join(
        f'<item oor:path="/org.openoffice.{"" if path.startswith("Inet") else "Office."}{path}">'
        f'<prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{items}</oor:items>"
    )
    user = profile / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(text, "utf-8")
