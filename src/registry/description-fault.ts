/** What is wrong with a description, as a sentence without a full stop; undefined when it is fine. */
export function descriptionFault(text: string, mostCharacters: number): string | undefined {
  if (Array.from(text).length > mostCharacters) return `a description has at most ${mostCharacters} characters`;
  // Control characters would rewrite a terminal, and so would those that turn the direction of writing.
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)) return 'a description has printable characters only';
  return undefined;
}
