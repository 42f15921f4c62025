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

_CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
    location / {{ proxy_pass http://127.0.0.1:{behind}; {headers} }}
  }}
}}
"""


@contextmanager
def nginx(folder: Path, behind: int, headers: str = HEADERS) -> Iterator[int]:
    """Yield the port on which nginx serves https, for what listens on `behind`."""
    folder.mkdir(parents=True, exist_ok=True)
    certify(folder)
    port = free_port()
    text = _CONFIGURATION.format(folder=folder, port=port, behind=behind, headers=headers)
    with run(folder, text, port):
        yield port


@contextmanager
def run(folder: Path, configuration: str, port: int) -> Iterator[None]:
    """Run nginx as configured, once it listens on `port`."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin") or need("nginx")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nginx.conf").write_text(configuration)
    log = folder / "nginx.log"
    with log.open("wb") as output:
        command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        until(lambda: listens(port, process, log))
        yield
    finally:
        process.terminate()
        process.wait(30)


def listens(port: int, process: "subprocess.Popen[bytes]", log: Path) -> bool:
    assert process.poll() is None, log.read_text()
    with socket.create_connection(("127.0.0.1", port), 1):
        return True
