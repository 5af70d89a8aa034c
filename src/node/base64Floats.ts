// Float32 numbers as text, little-endian as on every processor that Node runs on.

export function floatsToBase64(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

/** @throws RangeError when the bytes are no whole number of floats */
export function floatsFromBase64(text: string): Float32Array {
  // a copy of its own: views need aligned bytes
  return new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer);
}
