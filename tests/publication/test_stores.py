"""Publishing in object stores: the memory of fsspec, and a server with the API of S3."""

from __future__ import annotations

import pickle
import uuid

import boto3
import fsspec
import pytest
from moto.server import ThreadedMotoServer

from manualgen.errors import Code, ManualError
from manualgen.publication import isolation, stores
from manualgen.publication.model import Record, Site
from tests.publication.listing import files_in, options, publish, write

THREE = {
    "alpha 1.0": options("alpha.enable"),
    "alpha 2.0": options("alpha.enable", "alpha.new"),
    "beta unstable": options("beta.enable", text="See {option}`alpha.enable`."),
}


@pytest.fixture(autouse=True)
def _one_time(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1750000000")


@pytest.fixture(scope="module")
def server():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def bucket(server, monkeypatch):
    """The address of an empty bucket, which every process can write."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": server,
    }.items():
        monkeypatch.setenv(name, value)
    # Processes that build have the environment that was there when they began.
    isolation.close_idle()
    name = f"docs-{uuid.uuid4().hex}"
    boto3.client("s3").create_bucket(Bucket=name)
    yield f"s3://{name}"
    isolation.close_idle()


@pytest.fixture
def memory():
    return f"memory://{uuid.uuid4().hex}"


def objects_in(address: str) -> dict[str, bytes]:
    """Return path → content of all that is published in an object store."""
    system, root = fsspec.core.url_to_fs(address)
    system.invalidate_cache()
    found = {}
    for name in system.find(root):
        path = name.removeprefix("/").removeprefix(root.removeprefix("/") + "/")
        if not path.startswith(stores.STATE):
            found[path] = system.cat_file(name)
    return found


@pytest.mark.parametrize("kind", ["memory", "bucket"])
def test_an_object_store_gets_what_a_folder_gets(kind, tmp_path, request):
    address = request.getfixturevalue(kind)
    listed = write(tmp_path, THREE)
    publish(listed, tmp_path / "public")
    assert publish(listed, f"{address}/sub/").built == 3
    assert objects_in(f"{address}/sub") == files_in(tmp_path / "public")
    assert publish(listed, f"{address}/sub/").unchanged == 3


def test_browsers_are_told_what_an_object_is(tmp_path, bucket):
    publish(write(tmp_path, {"alpha 1.0": options("a")}), bucket)
    client = boto3.client("s3")
    kinds = {
        name: client.head_object(Bucket=bucket[5:], Key=f"alpha/1.0/{name}")["ContentType"]
        for name in ("index.html", "style.css", "search.js", "objects.inv")
    }
    assert kinds == {
        "index.html": "text/html; charset=utf-8",
        "style.css": "text/css; charset=utf-8",
        "search.js": "text/javascript; charset=utf-8",
        "objects.inv": "application/octet-stream",
    }


def test_workers_write_into_a_store_that_they_share(tmp_path, bucket, memory):
    assert stores.open_store(bucket).is_shared
    assert not stores.open_store(memory).is_shared
    assert pickle.loads(pickle.dumps(stores.open_store(bucket))).address == bucket


def site(**files: bytes) -> tuple[dict[str, bytes], Record]:
    named = {name.replace("_", "."): data for name, data in files.items()}
    return named, Record(Site(files={n: stores.records.record_of(d) for n, d in named.items()}))


class InterruptedUploadError(Exception):
    pass


class Recording(stores.ObjectStore):
    """A store that notes what is done, and can be interrupted."""

    def __init__(self, address: str, most: int = 1000) -> None:
        self.done: list[str] = []
        self.most = 1000
        super().__init__(address)
        self.done.clear()
        self.most = most

    def _upload(self, files):
        for name in files:
            if len(self.done) >= self.most:
                raise InterruptedUploadError
            super()._upload({name: files[name]})
            self.done.append(f"+{name}")

    def _remove(self, names):
        super()._remove(names)
        self.done += [f"-{name}" for name in names]


def test_pages_come_after_what_they_load_and_before_what_goes(memory):
    old_files, old = site(index_html=b"1", style_css=b"1", gone_html=b"1", same_js=b"1")
    new_files, new = site(index_html=b"2", style_css=b"2", same_js=b"1", a_js=b"2")
    store = Recording(memory)
    store.replace("x/1", old_files, Record(), old)
    store.done.clear()
    store.replace("x/1", new_files, old, new)
    record = f"+{stores.STATE}/x/1.record"
    assert store.done == [
        record,
        *("+x/1/style.css", "+x/1/a.js", "+x/1/index.html", "-x/1/gone.html"),
        record,
    ]
    assert stores.read_record(store, "x/1") == new


def test_an_interrupted_upload_is_done_again(memory):
    old_files, old = site(index_html=b"1", gone_html=b"1")
    half_files, half = site(index_html=b"2", half_html=b"2", a_js=b"2")
    new_files, new = site(index_html=b"1", b_js=b"1")
    stores.open_store(memory).replace("x/1", old_files, Record(), old)
    # The record, a.js and one page.
    interrupted = Recording(memory, most=3)
    with pytest.raises(InterruptedUploadError):
        interrupted.replace("x/1", half_files, old, half)
    store = stores.open_store(memory)
    record = stores.read_record(store, "x/1")
    assert not record.is_complete
    store.replace("x/1", new_files, record, new)
    # Nothing is left of either.
    assert objects_in(memory) == {"x/1/index.html": b"1", "x/1/b.js": b"1"}


def test_an_interrupted_publication_goes_on(tmp_path, memory):
    listed = write(tmp_path, THREE)
    publish(listed, memory)
    expected = objects_in(memory)
    store = stores.open_store(memory)
    record = stores.read_record(store, "alpha/1.0")
    store.write("alpha/1.0/index.html", b"half")
    stores.write_record(store, "alpha/1.0", Record(record.site, is_complete=False))
    assert publish(listed, memory).failed == {}
    assert objects_in(memory) == expected


def test_an_upload_that_fails_costs_one_manual_and_is_done_again(tmp_path, memory, monkeypatch):
    listed = write(tmp_path, THREE)
    publish(listed, memory)
    write(tmp_path, THREE | {"alpha 1.0": options("alpha.changed")})
    system = fsspec.filesystem("memory")
    pipe_file = type(system).pipe_file

    def full(self, path, value, **arguments):
        if path.endswith("alpha/1.0/index.html"):
            message = "no space left"
            raise OSError(message)
        return pipe_file(self, path, value, **arguments)

    with monkeypatch.context() as context:
        context.setattr(type(system), "pipe_file", full)
        result = publish(listed, memory)
    assert "no space left" in result.failed["alpha", "1.0"].worst[0]["message"]
    assert not stores.read_record(stores.open_store(memory), "alpha/1.0").is_complete
    write(tmp_path, THREE)
    publish(listed, memory)
    publish(listed, tmp_path / "public")
    assert objects_in(memory) == files_in(tmp_path / "public")


def test_a_damaged_record_is_none(memory):
    store = stores.open_store(memory)
    store.write(stores.record_path("x/1"), b"damaged")
    assert stores.read_record(store, "x/1") == Record()


@pytest.mark.parametrize("address", ["s3://there-is-none", "nothing://docs", "s3://"])
def test_a_store_that_cannot_be_reached(address, bucket):
    with pytest.raises(ManualError) as caught:
        stores.open_store(address)
    assert caught.value.diagnostic.code is Code.UNREACHABLE
    assert caught.value.diagnostic.file == address


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(ManualError) as caught:
        stores.open_store(str(tmp_path / "file"))
    assert caught.value.diagnostic.code is Code.WRITE_FAILED


def test_a_source_at_an_address(tmp_path, bucket):
    client = boto3.client("s3")
    book = {"book/manual.toml": 'source = "manual.md"', "book/manual.md": "# Title {#t}\n"}
    for name, text in {**book, "o.json": options("alpha.enable")}.items():
        client.put_object(Bucket=bucket[5:], Key=f"sources/{name}", Body=text.encode())
    listed = tmp_path / "projects.toml"
    listed.write_text(
        "".join(
            f'[[project]]\nname = "{name}"\nversion = "1.0"\nsource = "{bucket}/sources/{source}"\n'
            for name, source in (("a", "o.json"), ("b", "book/manual.toml"), ("c", "gone.json"))
        ),
        "utf-8",
    )
    result = publish(listed, tmp_path / "public")
    assert result.built == 2
    assert result.failed["c", "1.0"].worst[0]["message"].endswith("it does not exist")
    assert "<title>Title" in (tmp_path / "public/b/1.0/index.html").read_text("utf-8")
    assert publish(listed, tmp_path / "public").unchanged == 2
    client.put_object(Bucket=bucket[5:], Key="sources/o.json", Body=options("alpha.other").encode())
    assert publish(listed, tmp_path / "public").built == 1
