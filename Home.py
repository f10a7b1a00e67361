"""The frame of the app: page config, navigation, the dataset that is open; opens on Search.

`streamlit run Home.py` reads this file twice: as a module, for the server's ``app``, and as the script of every visit.
"""

import streamlit as st

if __name__ != "__main__":
    from pages._ui import serving, warming

    app = st.App(__file__, middleware=serving.middleware(), lifespan=serving.life(warming.begin))
else:
    from pages._ui import components, registry
    from pages._ui.frame import frame

    st.set_page_config(
        page_title="Text to image search",
        page_icon=str(components.ASSETS / "icon.png"),
        layout="wide",
        initial_sidebar_state=250,
    )
    places = {
        one.address: st.Page(
            one.file, title=one.title, icon=one.icon, url_path=one.address, default=one is registry.PAGES[0]
        )
        for one in registry.PAGES
    }
    page = st.navigation(list(places.values()))
    with frame.around(registry.page(page.url_path), places):
        page.run()
