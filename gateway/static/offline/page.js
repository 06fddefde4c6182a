// The page around the reader: a code from the camera, a picture or the clipboard, and a PDF to compare with it.
"use strict";

(() => {
  const at = (id) => document.getElementById(id);
  const given = (id) => JSON.parse(at(id).textContent);
  const issuers = given("issuers");
  const words = given("words");
  const LARGEST_SIDE = 1000; // pixels; larger parts of a picture are shown smaller to the reader
  const CAMERA = { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } };
  const NEAR = [1, 2]; // a camera is held to the code; what it sees is looked at whole and by halves
  const FAR = [1, 2, 3, 5]; // a picture may be of the whole page, on which the code is small
  let summary = null;
  let stream = null;

  function show(state, title, text) {
    at("verdict").className = `verdict ${state}`;
    at("sign").textContent = { valid: "✓", broken: "✕" }[state] ?? "?";
    at("title").textContent = title;
    at("text").textContent = text;
    at("particulars").replaceChildren();
    at("paper").hidden = true;
    at("result").hidden = false;
    at("result").scrollIntoView({ block: "nearest" });
  }

  function fill(found) {
    const rows = [
      [words.pupil, found.pupil],
      [words.bornOn, found.bornOn.split("-").reverse().join("/")],
      [words.school, found.school],
      [words.className, `${found.className}, ${found.schoolYear}–${found.schoolYear + 1}`],
      [words.results, found.results.join(" · ")],
      [words.code, `${found.code} (${words.version} ${found.version})`],
      [words.issuedAt, found.issuedAt.toLocaleDateString("en-GB")], // day first, as the paper has it,
    ];
    at("particulars").replaceChildren(...rows.map(([name, value]) => {
      const [row, term, said] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
      term.textContent = name;
      said.textContent = value;
      row.append(term, said);
      return row;
    }));
    at("pdf").value = "";
    at("same").hidden = true;
    at("paper").hidden = false;
    at("result").scrollIntoView({ block: "start" });
  }

  async function judge(code) {
    summary = null;
    if (!crypto.subtle) return show("undecided", words.NO_CRYPTO, words.NO_CRYPTO_WHY);
    try {
      summary = await Summary.read(code.trim(), issuers, crypto.subtle);
    } catch (error) {
      const reason = error instanceof Summary.Refused ? error.reason : "NOT_A_SUMMARY";
      return show(reason === "UNKNOWN_ISSUER" ? "undecided" : "broken", words[reason], words[`${reason}_WHY`]);
    }
    show("valid", words.VALID, words.VALID_WHY);
    return fill(summary);
  }

  async function compare(file) {
    const digests = await Summary.digestsInside(new Uint8Array(await file.arrayBuffer()), crypto.subtle);
    const isSame = digests.includes(summary.digest);
    at("same").className = `verdict ${isSame ? "valid" : "broken"}`;
    at("same").textContent = isSame ? words.SAME : words.OTHER;
    at("same").hidden = false;
  }

  /** The parts of a picture in which a code may stand, the largest first; each overlaps the next by half. */
  function* parts(width, height, fractions) {
    for (const fraction of fractions) {
      const [w, h] = [Math.ceil(width / fraction), Math.ceil(height / fraction)];
      for (let row = 0; row < 2 * fraction - 1; row += 1) {
        for (let column = 0; column < 2 * fraction - 1; column += 1) yield [(column * w) / 2, (row * h) / 2, w, h];
      }
    }
  }

  /** The summary's code in a part of the picture, or null; the address beside it is none. */
  function find(source, [x, y, width, height]) {
    const scale = Math.min(1, LARGEST_SIDE / Math.max(width, height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    const drawn = canvas.getContext("2d", { willReadFrequently: true });
    drawn.drawImage(source, x, y, width, height, 0, 0, canvas.width, canvas.height);
    const { data } = drawn.getImageData(0, 0, canvas.width, canvas.height);
    const found = jsQR(data, canvas.width, canvas.height, { inversionAttempts: "dontInvert" });
    return found?.data.startsWith(Summary.PREFIX) ? found.data : null;
  }

  const drawnAgain = () => new Promise((done) => { requestAnimationFrame(done); });

  function stop() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    at("camera").srcObject = null;
    at("seen").hidden = true;
    at("look").textContent = words.OPEN_CAMERA;
  }

  async function look() {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: CAMERA });
    } catch {
      return show("undecided", words.NO_CAMERA, words.NO_CAMERA_WHY);
    }
    at("look").textContent = words.STOP_CAMERA;
    at("result").hidden = true;
    at("seen").hidden = false;
    at("camera").srcObject = stream;
    await at("camera").play();
    return watch(at("camera"), stream);
  }

  /** One part of what the camera sees at a time, so that the picture keeps moving. */
  async function watch(video, watched) {
    for (;;) {
      for (const part of parts(video.videoWidth, video.videoHeight, NEAR)) {
        await drawnAgain();
        if (stream !== watched) return undefined;
        const code = find(video, part);
        if (code) {
          stop();
          return judge(code);
        }
      }
    }
  }

  async function read(picture) {
    stop();
    let bitmap;
    try {
      bitmap = await createImageBitmap(picture);
    } catch {
      return show("undecided", words.NO_PICTURE, words.NO_PICTURE_WHY);
    }
    show("unknown", words.LOOKING, "");
    for (const part of parts(bitmap.width, bitmap.height, FAR)) {
      await drawnAgain();
      const code = find(bitmap, part);
      if (code) return judge(code);
    }
    return show("undecided", words.NO_CODE, words.NO_CODE_WHY);
  }

  at("look").addEventListener("click", () => (stream ? stop() : look()));
  at("picture").addEventListener("click", (event) => { event.target.value = ""; }); // the same file may be chosen again
  at("picture").addEventListener("change", (event) => event.target.files[0] && read(event.target.files[0]));
  at("pdf").addEventListener("change", (event) => event.target.files[0] && compare(event.target.files[0]));
  at("typed").addEventListener("submit", (event) => {
    event.preventDefault();
    judge(new FormData(event.target).get("code"));
  });
})();
