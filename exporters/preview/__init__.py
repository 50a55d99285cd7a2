"""Pictures and one HTML page of a pack, through LibreOffice and poppler."""
