"""Lab: how well captions find their pictures, how many to look at, where it fails, and how sure all of that is."""

from pages._ui import resources
from pages._ui.asking.remarks import notice
from pages._ui.frame import frame, opening
from pages._ui.lab import lab_page
from pages._ui.session import links

here = frame.current()
stored = opening.gallery_of(here, lab_page.layout)
loaded = resources.engine_state(stored, here.settings)
gallery = resources.gallery_of_captions(stored, loaded)
notice()
if gallery.paired_captions.size and gallery.text_embeddings is not None:
    lab_page.draw(gallery, here, loaded)
else:
    lab_page.nothing_to_measure(gallery, stored, loaded)
frame.wait_for_engine(here, loaded)
links.write_dataset(first_dataset=here.first_dataset)
