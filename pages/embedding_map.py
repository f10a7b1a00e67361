"""Map: every picture as a point, those alike together; the query stands where its hits are."""

from pages._ui.asking import answer as asking
from pages._ui.asking import comparing, query_bar
from pages._ui.asking.remarks import notice, remarks
from pages._ui.frame import frame, notices, opening
from pages._ui.grid import tagging
from pages._ui.map import map_making, map_stage, map_state, map_toolbar, map_waiting
from pages._ui.map.map_view import Scene
from pages._ui.map.stored_map import stored_map
from pages._ui.session import links

here = frame.current()
followed = links.followed_link()
map_state.follow_link(followed)
comparing.follow_link(followed)
gallery = opening.gallery_of(here, map_waiting.layout)
tagging.carry_out(gallery)
answer = asking.answer(gallery, here.settings)
query_bar.query_bar(answer, message=str(answer.problem or ""), examples=False)
notice()
remarks(answer)
stored = stored_map(gallery)
map_toolbar.toolbar(answer, stored.projection, first_dataset=here.first_dataset)
if stored.projection is None or stored.missing:
    map_making.offer(gallery, stored.refused, joint=stored.wants_joint)
elif not map_making.running(gallery):
    second = comparing.second_answer(answer, here)
    notices.notes([second.problem] if second.problem and answer.result is not None else [])
    scene = Scene(
        gallery, stored.projection, stored.joint, answer.engine, answer.result, here.settings, answer.everything, second
    )
    map_stage.map_and_cards(scene, answer.everything)
frame.wait_for_engine(here, answer.loaded)
map_toolbar.write_link(first_dataset=here.first_dataset)
