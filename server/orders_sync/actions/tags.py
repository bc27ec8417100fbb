"""Add and remove tags: contract §3a. What is shown already is not done again; Shopify takes the rest one after the other."""

from __future__ import annotations

from orders_sync.actions.context import ActionContext
from orders_sync.actions.decision import Decision, Refusal, Shown
from orders_sync.actions.definition import ActionDefinition, on_each_order
from orders_sync.actions.locked_order import LockedOrder, with_entry
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.queue import Write
from orders_sync.rules.operator_state import Entry, TagChange
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.timeline import brief, key
from orders_wire.actions import TagsBody
from orders_wire.tags import changed
from orders_wire.vocabulary import ErrorCode


def _decide(order: LockedOrder, body: TagsBody, context: ActionContext) -> Decision | Refusal:
    """Adds what is not shown, and removes what is, in the spelling that is shown."""
    before, shown = order.operator, order.state.order.tags
    there = {tag.casefold() for tag in shown}
    unwanted = {tag.casefold() for tag in body.remove}
    for place, tag in enumerate(body.add):
        if tag.casefold() in unwanted:
            return Refusal(ErrorCode.INVALID_REQUEST, f"add[{place}]: the same tag is in remove")
    add = {tag.casefold(): tag for tag in reversed(body.add) if tag.casefold() not in there}
    change = TagChange(
        at=context.now,
        add=tuple(reversed(add.values())),
        remove=tuple(tag for tag in shown if tag.casefold() in unwanted),
    )
    if not change.add and not change.remove:
        return Decision(before, _shown(shown), "so already")
    words = [f"+ {tag}" for tag in change.add] + [f"− {tag}" for tag in change.remove]
    details = f"tags {', '.join(words)}, by {context.actor.name}"
    entry = Entry(ts=context.second, event="note", details=brief(details))
    decided = {
        "tag_changes": {**before.tag_changes, context.action_id: change},
        "failed": before.failed_but(Kind.TAGS),
    }
    operator = with_entry(before, key("note", context.action_id), entry, **decided)
    write = Write(Kind.TAGS, order.order_id, {"add": list(change.add), "remove": list(change.remove)})
    return Decision(operator, _shown(changed(shown, change.add, change.remove)), details, (write,))


def _shown(tags: tuple[str, ...]) -> Shown:
    return {"tags": list(tags)}


def _restored(state: OrderState, _: ActionContext) -> Shown:
    return _shown(state.order.tags)


TAGS = ActionDefinition(
    "Add and remove tags",
    TagsBody,
    run=on_each_order(lambda body: body.order_ids, _decide),
    order_ids=lambda body: body.order_ids,
    message=lambda _, execution: f"Tagged {execution.orders}",
    restored=_restored,
)
