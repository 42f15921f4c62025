"""nginx in front of a test's application: TLS on one side, http on the other."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.certificates import certify
from tests.need import need
from tests.redis import free_port, until

#: What a careful configuration says, as docs/howto/behind-a-proxy.md has it.
HEADERS = """
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
"""

#: Around what a test says in `http`: in the foreground, with everything in one folder.
_FRAME = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  {http}
}}
"""

_TLS = """
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
    location / {{ proxy_pass http://127.0.0.1:{behind}; {headers} }}
  }}
"""


@contextmanager
def nginx(folder: Path, behind: int, headers: str = HEADERS) -> Iterator[int]:
    """Yield the port on which nginx serves https, for what listens on `behind`."""
    folder.mkdir(parents=True, exist_ok=True)
    certify(folder)
    port = free_port()
    http = _TLS.format(folder=folder, port=port, behind=behind, headers=headers)
    with run(folder, http, port):
        yield port


@contextmanager
def run(folder: Path, http: str, port: int) -> Iterator[None]:
    """Run nginx with `http` as its configuration, once it listens on `port`."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "nginx.log"
    with log.open("wb") as output:
        process = subprocess.Popen(nginx_command(folder, http), stdout=output, stderr=output)
    try:
        until(lambda: listens(port, process, log))
        yield
    finally:
        process.terminate()
        process.wait(30)


def nginx_command(folder: Path, http: str) -> list[str]:
    """Write a configuration, and return how nginx is started with it."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin") or need("nginx")
    configuration = folder / "nginx.conf"
    configuration.write_text(_FRAME.format(folder=folder, http=http))
    return [program, "-p", str(folder), "-c", str(configuration)]


def listens(port: int, process: "subprocess.Popen[bytes]", log: Path) -> bool:
    assert process.poll() is None, log.read_text()
    with socket.create_connection(("127.0.0.1", port), 1):
        return True
