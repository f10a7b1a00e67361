"""Search: a sentence or a picture goes in, the closest pictures come out."""

from pages._ui.asking import answer as asking
from pages._ui.asking import comparing, controls, query_bar, score_strip, waiting
from pages._ui.asking.remarks import notice, remarks
from pages._ui.frame import frame, notices, opening
from pages._ui.grid import cards, tagging
from pages._ui.session import links
from pages._ui.session.visit import visit

here = frame.current()
comparing.follow_link(links.followed_link())
gallery = opening.gallery_of(here, waiting.layout)
tagging.carry_out(gallery)
answer = asking.answer(gallery, here.settings)

no_model = answer.model_problem
query_bar.query_bar(answer, message="" if no_model else str(answer.problem or ""))
if no_model is not None:
    notices.error(no_model, title="Searching needs its model")
notices.fatal(answer.problems)
notice()
controls.toolbar(answer, first_dataset=here.first_dataset, more=comparing.button)
comparing.panel(answer, here)
remarks(answer, switched=True)
if answer.engine is not None and answer.result is not None and answer.everything is not None:
    score_strip.score_strip(answer.engine, answer.result, everything=answer.everything)
    if comparing.is_open():
        comparing.two(answer, here)
    else:
        cards.ranking(answer.result, answer.engine, here.settings, everything=answer.everything, deeper=answer.deeper)
elif answer.waiting:
    score_strip.waiting_strip()
    summary = f"The model {frame.short(answer.loaded.model)} is loading"
    cards.skeleton(min(visit().shown.top_k, gallery.images), summary=summary)
else:
    cards.sample(gallery, here.settings, engine=answer.engine, fitting=answer.fitting)
frame.wait_for_engine(here, answer.loaded)
links.write_link(
    first_dataset=here.first_dataset,
    own=links.link_params(first_dataset=here.first_dataset) | comparing.link_params(),
)
