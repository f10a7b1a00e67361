"""The frame of the app: page config, navigation, dataset picker and status line; opens on Search.

`streamlit run Home.py` reads this file twice: as a module, for the server's ``app``, and as the script of every visit.
"""

import streamlit as st

if __name__ != "__main__":
    from pages._ui import serving

    app = st.App(__file__, middleware=serving.middleware(), lifespan=serving.begin)
else:
    from pages._ui import components
    from pages._ui.frame import frame

    st.set_page_config(
        page_title="Text to image search",
        page_icon=str(components.ASSETS / "icon.png"),
        layout="wide",
        initial_sidebar_state=250,
    )
    pages = [
        st.Page("pages/search.py", title="Search", icon=":material/search:", url_path="search", default=True),
        st.Page("pages/embedding_map.py", title="Map", icon=":material/bubble_chart:", url_path="embedding_map"),
        st.Page("pages/captions.py", title="Captions", icon=":material/format_quote:", url_path="captions"),
        st.Page("pages/build.py", title="Build", icon=":material/add_photo_alternate:", url_path="build"),
    ]
    page = st.navigation(pages)
    with frame.around(page.url_path or "search", pages):
        page.run()
