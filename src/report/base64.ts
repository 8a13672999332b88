/** Bytes per String.fromCharCode call: few enough arguments for any engine's stack. */
const CHUNK = 0x2000;

/** Base64 text of `bytes`, with btoa alone, which Node and browsers share. */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  }
  return btoa(binary);
}
