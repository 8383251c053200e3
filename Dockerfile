# One image for web, workers and dispatcher; the target `sandbox` adds the simulated AWS of the demo profile.
FROM python:3.13-slim-bookworm AS packages
COPY requirements/ /requirements/
RUN python -m venv /opt/firstline \
    && /opt/firstline/bin/pip install --no-cache-dir --no-deps --require-hashes -r /requirements/base.txt

FROM packages AS sandbox-packages
RUN /opt/firstline/bin/pip install --no-cache-dir --no-deps --require-hashes -r /requirements/demo.txt

FROM python:3.13-slim-bookworm AS runtime
ENV PATH=/opt/firstline/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin firstline
WORKDIR /app

FROM runtime AS sandbox
COPY --from=sandbox-packages /opt/firstline /opt/firstline
COPY sandbox/ sandbox/
COPY deploy/cloudformation/ deploy/cloudformation/
USER firstline
EXPOSE 4566
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
# Collecting static files reads the settings, which want a key; this one never serves anything.
RUN FIRSTLINE_SECRET_KEY=only-for-collecting-static-files-in-the-build python manage.py collectstatic --no-input
USER firstline
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "1", "--threads", "8"]
