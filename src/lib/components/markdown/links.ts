import type { LinkTarget } from './tree.ts';

const openable: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);

/**
 * Where a link may go (R11): an absolute http, https or mail address, else nowhere.
 *
 * @param words the link's own text, to tell when it names another place
 */
export function linkTarget(href: string, words: string): LinkTarget | null {
  const url = URL.canParse(href) ? new URL(href) : null;
  if (url === null || !openable.has(url.protocol)) return null;
  if (url.protocol === 'mailto:') {
    const host = decoded(url.pathname);
    return { href: url.href, host, misleading: words.includes('@') && !words.includes(host) };
  }
  const named = namedHost(words);
  const misleading = named !== null && !sameHost(named, url.host) && !sameHost(named, url.hostname);
  return { href: url.href, host: url.host, misleading };
}

/** The host that a text itself names, when it reads like an address. */
function namedHost(words: string): string | null {
  const match =
    /^\s*(?:https?:\/\/)?(?:[^\s/@]*@)?((?:[\p{L}\p{N}-]+\.)+\p{L}{2,})(?::\d+)?(?:[/?#]|\s*$)/iu.exec(
      words,
    );
  return match?.[1]?.toLowerCase() ?? null;
}

const sameHost = (a: string, b: string): boolean =>
  a.replace(/^www\./u, '') === b.replace(/^www\./u, '');

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
