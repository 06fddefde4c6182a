// Reads the signed summary of a transcript: base45 (RFC 9285), CBOR (RFC 8949), COSE_Sign1 with ES256 (RFC 9052).
// Needs no network and no page: what is on the paper and the issuers' keys are enough.
"use strict";

const Summary = (() => {
  const PREFIX = "HB1:";
  const LONGEST = 2000;
  const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
  const ISSUED_AT = 6;
  const TRANSCRIPT = -65537;
  const FIELDS = [
    "code", "version", "digest", "school", "schoolYear", "className", "pupil", "bornOn", "results",
  ];

  /** Why a code is not believed; `reason` is NOT_A_SUMMARY, UNKNOWN_ISSUER or FORGED. */
  class Refused extends Error {
    constructor(reason) {
      super(reason);
      this.reason = reason;
    }
  }

  const notASummary = () => new Refused("NOT_A_SUMMARY");

  function base45(text) {
    const bytes = [];
    for (let at = 0; at < text.length; at += 3) {
      const digits = [...text.slice(at, at + 3)].map((letter) => ALPHABET.indexOf(letter));
      if (digits.length < 2 || digits.includes(-1)) throw notASummary();
      const value = digits.reduce((sum, digit, place) => sum + digit * 45 ** place, 0);
      if (value >= (digits.length === 3 ? 65536 : 256)) throw notASummary();
      if (digits.length === 3) bytes.push(value >> 8);
      bytes.push(value & 255);
    }
    return new Uint8Array(bytes);
  }

  /** One CBOR item that fills the bytes; a map becomes a Map, a tag its content. */
  function cbor(bytes) {
    let at = 0;
    const take = (count) => {
      if (at + count > bytes.length) throw notASummary();
      at += count;
      return bytes.subarray(at - count, at);
    };
    const number = (info) => {
      if (info < 24) return info;
      if (info > 26) throw notASummary(); // 64-bit numbers and endless lengths: we write none
      return take(2 ** (info - 24)).reduce((sum, byte) => sum * 256 + byte, 0);
    };
    const item = (depth) => {
      const head = take(1)[0];
      const size = number(head & 31);
      if (depth > 8) throw notASummary();
      switch (head >> 5) {
        case 0: return size;
        case 1: return -1 - size;
        case 2: return take(size);
        case 3: return new TextDecoder("utf-8", { fatal: true }).decode(take(size));
        case 4: return Array.from({ length: size }, () => item(depth + 1));
        case 5: return new Map(Array.from({ length: size }, () => [item(depth + 1), item(depth + 1)]));
        case 6: return item(depth + 1);
        default: throw notASummary();
      }
    };
    const found = item(0);
    if (at !== bytes.length) throw notASummary();
    return found;
  }

  const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  const text = (words) => new TextEncoder().encode(words);

  function bytesOf(bytes) {
    if (bytes.length > 65535) throw notASummary();
    return [0x59, bytes.length >> 8, bytes.length & 255, ...bytes];
  }

  /** What COSE signs (RFC 9052, 4.4): lengths in the shortest form, as Sig_structure wants them. */
  function toSign(protectedHeader, payload) {
    const short = (bytes) => {
      if (bytes.length < 24) return [0x40 | bytes.length, ...bytes];
      return bytes.length < 256 ? [0x58, bytes.length, ...bytes] : bytesOf(bytes);
    };
    const context = text("Signature1");
    return new Uint8Array([0x84, 0x60 | context.length, ...context, ...short(protectedHeader), 0x40, ...short(payload)]);
  }

  function parts(code) {
    if (!code.startsWith(PREFIX) || code.length > LONGEST) throw notASummary();
    try {
      const [protectedHeader, header, payload, signature] = cbor(base45(code.slice(PREFIX.length)));
      const algorithm = cbor(protectedHeader).get(1);
      if (algorithm !== -7 || signature.length !== 64) throw notASummary();
      return { protectedHeader, keyId: hex(header.get(4)), payload, signature };
    } catch (error) {
      throw error instanceof Refused ? error : notASummary();
    }
  }

  function told(payload) {
    const claims = cbor(payload);
    const fields = claims.get(TRANSCRIPT);
    if (!Array.isArray(fields) || fields.length !== FIELDS.length) throw notASummary();
    const summary = Object.fromEntries(FIELDS.map((name, place) => [name, fields[place]]));
    return { ...summary, digest: hex(summary.digest), issuedAt: new Date(claims.get(ISSUED_AT) * 1000) };
  }

  /** The summary in a code whose signature a key of `issuers` (JWK by id in hexadecimal) has made; throws Refused. */
  async function read(code, issuers, subtle) {
    const { protectedHeader, keyId, payload, signature } = parts(code);
    if (!Object.hasOwn(issuers, keyId)) throw new Refused("UNKNOWN_ISSUER");
    const curve = { name: "ECDSA", namedCurve: "P-256" };
    const key = await subtle.importKey("jwk", issuers[keyId], curve, false, ["verify"]);
    const signed = toSign(protectedHeader, payload);
    if (!(await subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, signed))) throw new Refused("FORGED");
    return told(payload);
  }

  /** SHA-256, in hexadecimal, of each packed file inside a PDF: that of a transcript's data is in the summary. */
  async function digestsInside(pdf, subtle) {
    const plain = new TextDecoder("latin1").decode(pdf);
    const digests = [];
    for (const found of plain.matchAll(/\/Type\s*\/EmbeddedFile[\s\S]{0,600}?\bstream\r?\n/g)) {
      const start = found.index + found[0].length;
      const end = plain.indexOf("endstream", start);
      const packed = pdf.slice(start, end);
      const isPacked = found[0].includes("/FlateDecode");
      digests.push(hex(new Uint8Array(await subtle.digest("SHA-256", isPacked ? await inflated(packed) : packed))));
    }
    return digests;
  }

  async function inflated(packed) {
    const stream = new DecompressionStream("deflate");
    const writer = stream.writable.getWriter();
    writer.write(packed).then(() => writer.close()).catch(() => {}); // what follows the data is no fault of it
    const chunks = [];
    const reader = stream.readable.getReader();
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) chunks.push(part.value);
    } catch { /* the line break before endstream */ }
    const whole = new Uint8Array(chunks.reduce((sum, one) => sum + one.length, 0));
    chunks.reduce((at, one) => (whole.set(one, at), at + one.length), 0);
    return whole;
  }

  return { PREFIX, Refused, read, digestsInside };
})();

if (typeof module !== "undefined") module.exports = Summary;
