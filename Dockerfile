# One image for every process of docker-compose.yml, and for any other command (`docker compose run --rm web suidao doctor`).
FROM python:3.12-slim AS build
WORKDIR /build
RUN python -m venv /opt/suidao
COPY requirements.txt ./
RUN /opt/suidao/bin/python -m pip install --no-cache-dir --require-hashes --requirement requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY dispatch dispatch
COPY config config
COPY handlers handlers
COPY store store
COPY workers workers
COPY bot bot
RUN /opt/suidao/bin/python -m pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim
COPY --from=build /opt/suidao /opt/suidao
# A user of its own, and a data folder that it owns (a new volume takes both over).
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin suidao \
    && install --directory --owner suidao --group suidao --mode 700 /data
ENV PATH=/opt/suidao/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SUIDAO_DATA_DIR=/data \
    SUIDAO_WEB__HOST=0.0.0.0
USER 10001:10001
VOLUME /data
EXPOSE 8080
# Ready is more than alive: the store answers and the queue rings. 20 s to start, since a migration may run first.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/readyz', timeout=2)"]
CMD ["suidao", "run"]
