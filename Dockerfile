# The app in a container; docs/installing.md says how to build and run it, and who can then use it.
# PyTorch's usual build for Linux takes gigabytes: --build-arg TORCH_INDEX=URL takes its CPU build from there.
FROM python:3.11-slim-bookworm AS installed
ARG TORCH_INDEX=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN python -m venv /opt/venv
COPY requirements.txt constraints.txt torch_wheel.py ./
RUN /opt/venv/bin/python torch_wheel.py ${TORCH_INDEX:+--build cpu --index "$TORCH_INDEX"} \
    && /opt/venv/bin/python -m pip install --quiet -c constraints.txt -r requirements.txt

FROM python:3.11-slim-bookworm
COPY --from=installed /opt/venv /opt/venv
WORKDIR /app
# What is made while it runs lies in three places that its user may write; the app itself it may only read.
RUN useradd --uid 10001 --create-home t2i \
    && mkdir -p static/thumbnails static/vendor /data \
    && chown t2i static/thumbnails static/vendor /data
COPY LICENSE NOTICE Home.py ./
COPY .streamlit .streamlit
COPY pages pages
COPY t2i_core t2i_core
COPY static/images static/images
# Or every start would compile all of it: its user may not write here.
RUN python -m compileall -q Home.py pages t2i_core
# A volume that is new begins with the demo gallery.
COPY --chown=t2i data /data
ENV PATH=/opt/venv/bin:$PATH T2I_DATA=/data PYTHONDONTWRITEBYTECODE=1
USER 10001
VOLUME /data
EXPOSE 8501
# The model may take a minute on a busy computer; the server answers before.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8501, timeout=4); c.request('GET', '/_stcore/health'); raise SystemExit(c.getresponse().status != 200)"]
# 0.0.0.0 is inside the container only: which addresses of the computer lead here is what `docker run -p` says.
CMD ["python", "-m", "t2i_core", "run", "--host", "0.0.0.0", "--port", "8501", "--no-browser"]
