"""How records come out of plain data: pydantic checks them, and what is checked is a record that holds its fields.

Pydantic is imported where something is checked: that takes a fifth of a build whose data was checked before.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from msgspec import Struct, to_builtins

if TYPE_CHECKING:
    from pydantic import BaseModel, GetCoreSchemaHandler, TypeAdapter
    from pydantic_core import CoreSchema

R = TypeVar("R", bound="Record")


class Record(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """Base of everything known: frozen, and compared by what it holds.

    :func:`validated` makes it of what people type, and checks the types; the rules between its fields hold for each.
    """

    short_form: ClassVar[str] = ""
    """The field that a plain text in the record's place stands for."""

    @classmethod
    def made(cls, fields: dict[str, Any]) -> Record:
        """Return the record of checked *fields*."""
        return cls(**fields)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        short = cls.short_form

        def read(value: Any, checked: Callable[[Any], BaseModel]) -> Record:
            if isinstance(value, cls):
                return value
            return cls.made(checked({short: value} if short and isinstance(value, str) else value).__dict__)

        return core_schema.no_info_wrap_validator_function(
            read,
            handler.generate_schema(form(cls)),
            serialization=core_schema.plain_serializer_function_ser_schema(to_builtins),
        )


class Before(Struct, frozen=True):
    """A field's value goes through *function* before its type is checked."""

    function: Callable[[Any], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        return core_schema.no_info_before_validator_function(self.function, handler(source))


class After(Struct, frozen=True):
    """A field's value goes through *function* after its type is checked."""

    function: Callable[[Any], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(self.function, handler(source))


class Limits:
    """Limits of a field's value by their names in pydantic's core schema: pattern, max_length, ge ..."""

    def __init__(self, **limits: Any) -> None:
        self._limits = limits

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema: Any = handler(source)
        limited: CoreSchema = schema | self._limits
        return limited


@cache
def form(kind: type[Record]) -> type[BaseModel]:
    """Return the pydantic model of what may be typed for a record of *kind*, with the same fields."""
    from msgspec.structs import fields as fields_of
    from pydantic import ConfigDict, create_model

    fields: dict[str, Any] = {one.name: (one.type, ... if one.required else one.default) for one in fields_of(kind)}
    return create_model(kind.__name__, __config__=ConfigDict(extra="forbid"), __doc__=kind.__doc__, **fields)


def validated(kind: type[R], data: Any) -> R:
    """Return the record of *kind* that plain *data* stands for; pydantic's ValidationError tells all its faults."""
    record: R = _adapter(kind).validate_python(data)
    return record


@cache
def _adapter(kind: type[Record]) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)
