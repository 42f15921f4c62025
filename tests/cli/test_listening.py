import socket
from pathlib import Path

import pytest

from dojang.cli.listening import Place, free_address, free_socket
from dojang.server.errors import BadSettings

from .kit import free_port


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_free_address_is_one_in_numbers(host: str) -> None:
    port = free_port()
    assert free_address(host, port) == Place(host=host, port=port)


def test_a_name_of_this_machine_is_looked_up() -> None:
    assert free_address("localhost", free_port()).host in {"127.0.0.1", "::1"}


def test_a_port_that_was_just_left_is_free() -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)) as server:
        client = socket.create_connection(("127.0.0.1", port))
        server.accept()[0].close()
        client.close()
    assert free_address("127.0.0.1", port).port == port


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])
def test_a_port_that_is_taken_is_not(host: str) -> None:
    family = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0][0]
    here = "::1" if family == socket.AF_INET6 else "127.0.0.1"
    with socket.create_server((here, 0), family=family) as other:
        with pytest.raises(BadSettings, match="is taken") as caught:
            free_address(host, other.getsockname()[1])
        assert len(caught.value.problems) == 1


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host", "." * 300, "ada@example"])
def test_what_is_not_of_this_machine_is_refused_in_one_line(host: str) -> None:
    with pytest.raises(BadSettings, match="this machine cannot listen there") as caught:
        free_address(host, 8000)
    assert len(caught.value.problems) == 1


def test_a_socket_where_nobody_listens_any_more_is_free(tmp_path: Path) -> None:
    path = tmp_path / "dojang.sock"
    assert free_socket(path) == Place(socket=path)
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(path))
    assert free_socket(path) == Place(socket=path)
    assert not path.exists()


def test_a_socket_that_somebody_listens_at_is_not(tmp_path: Path) -> None:
    path = tmp_path / "dojang.sock"
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        other.listen()
        with pytest.raises(BadSettings, match="listens there already"):
            free_socket(path)
    assert path.exists()


def test_what_is_no_socket_stays(tmp_path: Path) -> None:
    path = tmp_path / "accounts.db"
    path.write_text("precious")
    with pytest.raises(BadSettings, match="another file"):
        free_socket(path)
    assert path.read_text() == "precious"


@pytest.mark.parametrize("name", ["missing/dojang.sock", "s" * 120])
def test_a_socket_that_cannot_be_made_is_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadSettings, match="DOJANG_UNIX_SOCKET is") as caught:
        free_socket(tmp_path / name)
    assert len(caught.value.problems) == 1
