"""A phone's browser: Chromium without a window, driven over a pipe by the DevTools protocol."""

import fcntl
import itertools
import json
import os
import select
import subprocess
from base64 import b64decode

PATIENCE = 60  # seconds for any one answer
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
    "--use-fake-ui-for-media-stream",  # the camera is granted
    "--use-fake-device-for-media-stream",
)


class Browser:
    """One window of a phone's size; `camera` is a file of JPEG pictures that its camera sees over and over."""

    def __init__(self, profile, *, camera=None, arguments=()):
        seen = [f"--use-file-for-fake-video-capture={camera}"] if camera else []
        (theirs_in, self._out), (self._in, theirs_out) = _pipe(), _pipe()
        self._process = subprocess.Popen(
            ["chromium", *ARGUMENTS, *seen, *arguments, f"--user-data-dir={profile}"],
            pass_fds=(3, 4),
            preexec_fn=lambda: (os.dup2(theirs_in, 3), os.dup2(theirs_out, 4)),  # noqa: PLW1509 - Chromium's numbers
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in), os.close(theirs_out)
        self._numbers, self._unread, self._session = itertools.count(1), b"", None
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.send("Emulation.setDeviceMetricsOverride", **PHONE)
        self.send("Network.enable")

    def send(self, method, **params):
        """The result of one command; what the browser tells besides is passed over."""
        number = next(self._numbers)
        to = {"sessionId": self._session} if self._session else {}
        os.write(self._out, json.dumps({"id": number, "method": method, "params": params, **to}).encode() + b"\0")
        while (told := self._read()).get("id") != number:
            pass
        assert "error" not in told, told
        return told["result"]

    def open(self, address):
        self.send("Page.navigate", url=address)
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'")

    def ask(self, expression):
        """What JavaScript answers, a promise being waited for."""
        told = self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def wait(self, condition):
        again = f"(look = () => ({condition}) ? done(true) : setTimeout(look, 20))()"
        self.ask(f"new Promise((done) => {{ let look; {again} }})")

    def press(self, selector):
        self.ask(f"document.querySelector({json.dumps(selector)}).click()")

    def choose(self, selector, *files):
        """Give a field of files these."""
        field = self.send("Runtime.evaluate", expression=f"document.querySelector({json.dumps(selector)})")["result"]
        self.send("DOM.setFileInputFiles", files=[str(file) for file in files], objectId=field["objectId"])

    def cut_network(self):
        self.send("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)

    def picture(self, path):
        """The whole page as one sees it by scrolling."""
        shot = self.send("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(b64decode(shot["data"]))

    def close(self):
        self._process.kill()
        self._process.wait()
        os.close(self._in), os.close(self._out)

    def _read(self):
        while b"\0" not in self._unread:
            ready, _, _ = select.select([self._in], [], [], PATIENCE)
            assert ready, "The browser does not answer."
            part = os.read(self._in, 1 << 20)
            assert part, "The browser has ended."
            self._unread += part
        one, self._unread = self._unread.split(b"\0", 1)
        return json.loads(one)


def _pipe():
    """Above the numbers that Chromium wants, so that one is not closed by the other."""
    ends = os.pipe()
    moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return moved
