"""Names of clusters on the map: doing what was renamed there, taking it back, and what the map is told of it."""

from __future__ import annotations

from collections.abc import Mapping

from pages._ui import resources
from pages._ui.frame import notices
from pages._ui.map import map_making, map_state
from pages._ui.map.map_view import Scene
from pages._ui.serving import permissions
from pages._ui.session.visit import visit
from t2i_core.errors import T2IError
from t2i_core.projection import Renamed, rename_cluster, take_back


def carry_out(event: Mapping[str, object], scene: Scene) -> None:
    """Do one thing that was done on the map: a cluster renamed, or the last time taken back; each once."""
    naming, seq = visit().map.naming, event.get("seq")
    naming.of_dataset(scene.gallery.place_key)
    if isinstance(seq, bool) or not isinstance(seq, int) or seq <= naming.seq:
        return
    naming.seq = seq
    try:
        permissions.current().check(None if scene.gallery.address else scene.gallery.data_dir)
        naming.told, naming.problem = _do(event, scene), ""
    except T2IError as error:
        naming.told, naming.problem = "", str(error)


def part(scene: Scene) -> dict[str, object]:
    """The map's data about them; nothing where this visitor may not rename."""
    problem = resources.names_problem(scene.gallery)
    if problem:
        notices.error(T2IError(problem), title="The names given to clusters cannot be read")
    if problem or not map_making.may_be_made(scene.gallery, permissions.current()):
        return {"naming": None}
    naming = visit().map.naming
    naming.of_dataset(scene.gallery.place_key)
    return {
        "naming": {
            "seq": naming.seq, "told": naming.told, "problem": naming.problem, "undo": bool(naming.steps),
        }
    }  # fmt: skip


def _do(event: Mapping[str, object], scene: Scene) -> str:
    """What was done, in words."""
    naming = visit().map.naming
    if event.get("undo") is True:
        if not naming.steps:
            return ""
        back = take_back(scene.gallery, scene.projection, naming.steps[-1])
        naming.steps.pop()
        return _told(back, scene, "again")
    label, was, name = (event.get(key) for key in ("label", "was", "name"))
    if isinstance(label, bool) or not isinstance(label, int) or not isinstance(was, str) or not isinstance(name, str):
        return ""
    done = rename_cluster(scene.gallery, scene.projection, label, name, was=was)
    if done.before == done.after:
        return ""
    naming.note(done)
    return _told(done, scene, "now")


def _told(done: Renamed, scene: Scene, when: str) -> str:
    """What was done, in words; what is selected by the old name is so by the new one."""
    map_state.call_selection(scene.gallery.key, done.before, done.after)
    return f"“{done.before}” is “{done.after}” {when}"
