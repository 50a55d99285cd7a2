"""Runs under the office's own Python (see editors.py): one JSON order a line in, one JSON answer a line out."""

import json
import sys
import time
import traceback
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

FILTERS = {
    ".docx": "MS Word 2007 XML",
    ".pptx": "Impress MS PowerPoint 2007 XML",
    ".xlsx": "Calc MS Excel 2007 XML",
    ".doc": "MS Word 97",
    ".odt": "writer8",
    ".odp": "impress8",
    ".ods": "calc8",
    ".txt": "Text (encoded)",
}
PDF = {
    "com.sun.star.text.TextDocument": "writer_pdf_Export",
    "com.sun.star.presentation.PresentationDocument": "impress_pdf_Export",
    "com.sun.star.sheet.SpreadsheetDocument": "calc_pdf_Export",
}


def properties(**values):
    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


class Session:
    def __init__(self, pipe):
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        for _ in range(600):
            try:
                self.context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except NoConnectException:
                time.sleep(0.1)
        else:
            raise RuntimeError("the office did not start within a minute")
        manager = self.context.ServiceManager
        self.desktop = manager.createInstanceWithContext("com.sun.star.frame.Desktop", self.context)
        self.dispatcher = manager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", self.context)

    def dispatch(self, document, command, **arguments):
        frame = document.CurrentController.Frame
        return self.dispatcher.executeDispatch(frame, command, "", 0, properties(**arguments))

    def run(self, request):
        url = uno.systemPathToFileUrl(request["path"])
        document = self.desktop.loadComponentFromURL(url, "_blank", 0, properties(Hidden=True))
        if document is None:
            raise RuntimeError(f"the office cannot open {request['path']}")
        try:
            names = {"dispatch": self.dispatch, "properties": properties, "uno": uno, "context": self.context}
            exec("from __future__ import annotations\n" + request["source"], names)  # the test's own function
            result = names[request["name"]](document, *request["arguments"])
            if request["order"] == "edit":
                self.save(document, request["to"])
            return result
        finally:
            document.close(True)

    def save(self, document, path):
        extension = Path(path).suffix
        if extension == ".pdf":
            name = next(one for service, one in PDF.items() if document.supportsService(service))
        else:
            name = FILTERS[extension]
        document.storeToURL(uno.systemPathToFileUrl(path), properties(FilterName=name, Overwrite=True))


def main():
    session = Session(sys.argv[1])
    for line in sys.stdin:
        # Once more with the file opened anew, of which nothing was saved: after some hundred files the office now and
        # then leaves a chart or a controller out.
        for _ in range(2):
            try:
                answer = {"result": session.run(json.loads(line))}
                break
            except Exception:
                answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


main()
