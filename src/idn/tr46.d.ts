/** The part of tr46 that we use; the package brings no types of its own. */
declare module 'tr46' {
  export interface Tr46Options {
    checkBidi?: boolean;
    checkHyphens?: boolean;
    checkJoiners?: boolean;
    ignoreInvalidPunycode?: boolean;
    transitionalProcessing?: boolean;
    useSTD3ASCIIRules?: boolean;
    verifyDNSLength?: boolean;
  }
  /** The A-label form, or null when any rule is broken. */
  export function toASCII(domainName: string, options?: Tr46Options): string | null;
}
