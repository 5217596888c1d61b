/** The paths that routers ask for; they are put together by people in forms, and firmware adds slashes. */
const routersPath = /^\/+(?:nic|v2|v3|dyndns|update|checkip|myip)(?=[/?]|$)/;

/** The URL with one slash where there are several, and none at the end of its path, if it is one of those that routers ask for. */
export function tolerantUrl(url: string): string {
  if (!routersPath.test(url)) return url;
  const question = url.indexOf('?');
  const path = question < 0 ? url : url.slice(0, question);
  const plain = path.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '');
  return question < 0 ? plain : plain + url.slice(question);
}
