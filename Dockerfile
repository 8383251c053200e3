# One image for web, workers and dispatcher; the target `sandbox` adds the simulated AWS of the demo profile.
# A tag can move: pin what you built and tested, --build-arg PYTHON_IMAGE=python@sha256:…
ARG PYTHON_IMAGE=python:3.13-slim-bookworm

FROM ${PYTHON_IMAGE} AS packages
COPY requirements/ /requirements/
# Wheels only, so no compiler is needed; pip stays behind in this stage.
RUN python -m venv --without-pip /opt/firstline \
    && pip --python /opt/firstline/bin/python install --no-cache-dir --no-deps --require-hashes --only-binary :all: \
        -r /requirements/base.txt

FROM packages AS sandbox-packages
RUN pip --python /opt/firstline/bin/python install --no-cache-dir --no-deps --require-hashes --only-binary :all: \
        -r /requirements/demo.txt

FROM ${PYTHON_IMAGE} AS runtime
ENV PATH=/opt/firstline/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
# Nothing installs packages here, so nothing that could stays.
RUN python -m pip uninstall --yes --quiet --root-user-action ignore pip \
    && groupadd --system --gid 10001 firstline \
    && useradd --system --uid 10001 --gid 10001 --home-dir /app --shell /usr/sbin/nologin firstline
WORKDIR /app
STOPSIGNAL SIGTERM

FROM runtime AS sandbox
COPY --from=sandbox-packages /opt/firstline /opt/firstline
COPY sandbox/ sandbox/
COPY deploy/cloudformation/ deploy/cloudformation/
USER 10001:10001
EXPOSE 4566
HEALTHCHECK --interval=30s --timeout=15s --start-period=30s \
    CMD ["python", "-c", "import socket; socket.create_connection(('127.0.0.1', 4566), 5)"]
CMD ["python", "-m", "sandbox", "serve", "--host", "0.0.0.0", "--port", "4566", "--example", "workshop"]

FROM runtime AS product
COPY --from=packages /opt/firstline /opt/firstline
COPY manage.py ./
COPY config/ config/
COPY iam_templates/ iam_templates/
COPY provisioning/ provisioning/
COPY accounts/ accounts/
COPY access/ access/
COPY history/ history/
# Collecting static files reads the settings, which want a key; this one never serves anything. Bytecode is made now,
# because the root is read-only later.
RUN FIRSTLINE_SECRET_KEY=only-for-collecting-static-files-in-the-build python manage.py collectstatic --no-input \
    && python -m compileall -q /app
USER 10001:10001
EXPOSE 8000
# For the web server, which is what this image starts by itself; other processes bring their own check.
HEALTHCHECK --interval=30s --timeout=15s --start-period=30s \
    CMD ["python", "-P", "config/alive.py"]
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "1", "--threads", "8", "--worker-tmp-dir", "/tmp"]
