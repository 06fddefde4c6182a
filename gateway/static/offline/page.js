// The page around the reader: a code from the camera, a picture or the clipboard, and a PDF to compare with it.
"use strict";

(() => {
  const at = (id) => document.getElementById(id);
  const given = (id) => JSON.parse(at(id).textContent);
  const issuers = given("issuers");
  const words = given("words");
  const LARGEST_SIDE = 1600; // pixels; larger pictures are shown smaller to the reader
  let summary = null;

  function show(state, title, text) {
    at("verdict").className = `verdict ${state}`;
    at("sign").textContent = { valid: "✓", broken: "✕" }[state] ?? "?";
    at("title").textContent = title;
    at("text").textContent = text;
    at("verdict").hidden = false;
  }

  function fill(found) {
    const rows = [
      [words.pupil, found.pupil],
      [words.bornOn, found.bornOn.split("-").reverse().join("/")],
      [words.school, found.school],
      [words.className, `${found.className}, ${found.schoolYear}–${found.schoolYear + 1}`],
      [words.results, found.results.join(" · ")],
      [words.code, `${found.code} (${words.version} ${found.version})`],
      [words.issuedAt, found.issuedAt.toLocaleDateString(document.documentElement.lang)],
    ];
    at("particulars").replaceChildren(...rows.map(([name, value]) => {
      const [row, term, said] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
      term.textContent = name;
      said.textContent = value;
      row.append(term, said);
      return row;
    }));
  }

  async function judge(code) {
    summary = null;
    at("particulars").replaceChildren();
    at("paper").hidden = true;
    try {
      summary = await Summary.read(code.trim(), issuers, crypto.subtle);
    } catch (error) {
      const reason = error instanceof Summary.Refused ? error.reason : "NOT_A_SUMMARY";
      show(reason === "UNKNOWN_ISSUER" ? "undecided" : "broken", words[reason], words[`${reason}_WHY`]);
      return;
    }
    show("valid", words.VALID, words.VALID_WHY);
    fill(summary);
    at("paper").hidden = false;
  }

  async function compare(file) {
    const digests = await Summary.digestsInside(new Uint8Array(await file.arrayBuffer()), crypto.subtle);
    const isSame = digests.includes(summary.digest);
    at("same").className = `verdict ${isSame ? "valid" : "broken"}`;
    at("same").textContent = isSame ? words.SAME : words.OTHER;
    at("same").hidden = false;
  }

  /** The summary's code in a picture that may hold another code beside it. */
  function find(canvas) {
    const pixels = canvas.getContext("2d", { willReadFrequently: true });
    const [w, h] = [canvas.width, canvas.height];
    const halves = [[0, 0, w, h], [0, 0, w >> 1, h], [w >> 1, 0, w >> 1, h], [0, 0, w, h >> 1], [0, h >> 1, w, h >> 1]];
    for (const [x, y, width, height] of halves) {
      const found = jsQR(pixels.getImageData(x, y, width, height).data, width, height);
      if (found && found.data.startsWith(Summary.PREFIX)) return found.data;
    }
    return null;
  }

  function drawn(source, width, height) {
    const scale = Math.min(1, LARGEST_SIDE / Math.max(width, height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  async function look() {
    const video = at("camera");
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      show("undecided", words.NO_CAMERA, words.NO_CAMERA_WHY);
      return;
    }
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    const frame = () => {
      const code = video.videoWidth ? find(drawn(video, video.videoWidth, video.videoHeight)) : null;
      if (!code) return requestAnimationFrame(frame);
      stream.getTracks().forEach((track) => track.stop());
      video.hidden = true;
      return judge(code);
    };
    frame();
  }

  async function read(picture) {
    let bitmap;
    try {
      bitmap = await createImageBitmap(picture);
    } catch {
      return show("undecided", words.NO_CODE, words.NO_CODE_WHY);
    }
    const code = find(drawn(bitmap, bitmap.width, bitmap.height));
    return code ? judge(code) : show("undecided", words.NO_CODE, words.NO_CODE_WHY);
  }

  at("look").addEventListener("click", look);
  at("picture").addEventListener("change", (event) => event.target.files[0] && read(event.target.files[0]));
  at("pdf").addEventListener("change", (event) => event.target.files[0] && compare(event.target.files[0]));
  at("typed").addEventListener("submit", (event) => {
    event.preventDefault();
    judge(new FormData(event.target).get("code"));
  });
})();
