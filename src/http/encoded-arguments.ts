/** A query as the router hands it on: not decoded, so that whoever knows the arguments decodes them, and only once. */
export interface EncodedArguments {
  readonly text: string;
}

export function keepEncoded(text: string): { text: string } {
  return { text };
}
