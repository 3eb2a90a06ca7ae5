/** The 3755 characters of GB2312 level 1, those in everyday use, decoded from their byte range. */
export const commonCharacters: ReadonlySet<string> = decodeLevelOne();

function decodeLevelOne(): Set<string> {
  const bytes: number[] = [];
  for (let row = 0xb0; row <= 0xd7; row += 1) {
    const lastCell = row === 0xd7 ? 0xf9 : 0xfe;
    for (let cell = 0xa1; cell <= lastCell; cell += 1) bytes.push(row, cell);
  }
  return new Set(new TextDecoder('gbk').decode(Uint8Array.from(bytes)));
}
