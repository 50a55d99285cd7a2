"""Properties that are worked out once, and those that a record is made with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

T = TypeVar("T")


class kept(Generic[T]):  # noqa: N801 - used as a decorator, like property
    """What ``functools.cached_property`` is from Python 3.12 on: no lock, so that the first use costs little more.

    A template names tens of thousands of values once each; there the lock of 3.11 is a third of the cost. What is at
    hand with something else is set with it, and then costs nothing more.
    """

    def __init__(self, func: Callable[[Any], T]) -> None:
        self.func = func
        self.__doc__ = func.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> kept[T]: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> T | kept[T]:
        if instance is None:
            return self
        value = self.func(instance)
        # Not by way of ``__dict__``: asked for once, each instance would carry a dictionary object from then on.
        setattr(instance, self._name, value)
        return value

    if TYPE_CHECKING:

        def __set__(self, instance: object, value: T) -> None: ...


class given(Generic[T]):  # noqa: N801 - used as a decorator, like property
    """A property that each record is made with: the function tells no more than its type and its meaning.

    It leaves the class. Python reads an attribute at a fifth of the cost where the class has nothing by its name.
    """

    def __init__(self, func: Callable[[Any], T]) -> None:
        self.func = func

    if TYPE_CHECKING:

        def __get__(self, instance: object, owner: type) -> T: ...

        def __set__(self, instance: object, value: T) -> None: ...


def share_room(kind: type) -> None:
    """Let all instances of *kind* share the keys of their dictionaries, those of what is kept or given included.

    Python learns such keys from the first instances alone. Thousands of views are made before any has worked out
    something; each would then need a dictionary of its own.
    """
    first: object = object.__new__(kind)
    for base in reversed(kind.__mro__):
        for name, value in vars(base).items():
            if isinstance(value, (kept, given)):
                setattr(first, name, None)
