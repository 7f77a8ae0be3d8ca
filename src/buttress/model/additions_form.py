"""The form of additions, checked by pydantic: what `draft` shows, `amend` takes, a model answers and `buttress.additions.yaml` holds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from buttress.model.graph import COMPONENT_KINDS, FLOW_KINDS, StanceStatus, Status

SCHEMA = "https://buttress.dev/schema/additions-1.json"
MAX_NAME, MAX_QUOTE, MAX_WORDS = 120, 1000, 500

Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]
Words = Annotated[str, Field(max_length=MAX_WORDS)]
Kind = Literal[FLOW_KINDS]  # type: ignore[valid-type]


class Entry(BaseModel):
    """What every entry has: the words that say it, and where they stand."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    quote: str = Field(
        min_length=3,
        max_length=MAX_QUOTE,
        description="The words that say so, copied from the source; only white space and line breaks may differ.",
    )
    source: Words | None = Field(
        None, description="The file in which they stand; without it all are searched."
    )
    line: int | None = Field(
        None, ge=0, description="About where: the nearest place counts when the words occur several times."
    )
    reason: Words | None = Field(None, description="Why, in words of your own; shown, never interpreted.")


class _Owned(Entry):
    component: Name | None = Field(
        None, description="The component that it is about; or else `from` and `to`."
    )
    source_name: Name | None = Field(
        None, alias="from", description="Where the flow that it is about starts."
    )
    target_name: Name | None = Field(None, alias="to", description="Where that flow leads.")

    @model_validator(mode="after")
    def _one_owner(self) -> _Owned:
        given = (self.component is not None, self.source_name is not None, self.target_name is not None)
        if given not in ((True, False, False), (False, True, True)):
            raise ValueError("expected either 'component', or 'from' and 'to'")
        return self

    def owner(self) -> tuple[str, ...]:
        """Return the name of the component, or the two of the flow."""
        return tuple(n for n in (self.component, self.source_name, self.target_name) if n is not None)


class ComponentEntry(Entry):
    """A runtime part of the system, or something that it talks to."""

    name: Name
    kind: Literal[COMPONENT_KINDS]  # type: ignore[valid-type]
    technology: Name | None = Field(
        None, description="What it is made of: an id or name that Buttress knows."
    )
    aliases: list[Name] = Field([], max_length=10, description="Other names that the sources use for it.")


class FlowEntry(Entry):
    """An interaction, from the one that starts it to the one that is needed: caller to callee, reader to store, consumer to broker."""

    source_name: Name = Field(alias="from", description="The component that starts it.")
    target_name: Name = Field(alias="to", description="The component that is needed.")
    kind: Kind
    sync: bool | None = Field(
        None, description="Whether the one that starts it waits; leave it out when nothing says so."
    )
    protocol: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./+-]{0,29}$")] | None = None


class FactEntry(_Owned):
    """A property of a component or flow that the words state or deny; durations are in seconds."""

    name: Name
    value: bool | int | float | Words | list[Words] | None = True
    status: Status = "stated"


class StanceEntry(Entry):
    """What the words say about a review topic."""

    topic: Name
    status: StanceStatus


class MergeEntry(Entry):
    """Names that are one component."""

    names: list[Name] = Field(min_length=2, max_length=10)


class RejectionEntry(_Owned):
    """A component, or a flow, that is none: the words were misread."""

    kind: Kind | None = Field(
        None, description="Only the flows of this kind; without it all between the two."
    )


class AdditionsForm(BaseModel):
    """What a person, an agent or a model has seen that grammar can't see; every entry with the words that say it."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    schema_: Literal["https://buttress.dev/schema/additions-1.json"] = Field(
        "https://buttress.dev/schema/additions-1.json", alias="schema"
    )
    components: list[ComponentEntry] = []
    flows: list[FlowEntry] = []
    facts: list[FactEntry] = []
    stances: list[StanceEntry] = []
    merges: list[MergeEntry] = []
    rejections: list[RejectionEntry] = []


ENTRIES: dict[str, type[Entry]] = {
    "components": ComponentEntry,
    "flows": FlowEntry,
    "facts": FactEntry,
    "stances": StanceEntry,
    "merges": MergeEntry,
    "rejections": RejectionEntry,
}
