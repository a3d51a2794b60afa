import { pairingTexts as texts } from '#lib/components/messages/pairing.ts';

/** What a browser says about itself; each part may be missing. */
export interface BrowserSigns {
  readonly userAgent: string;
  readonly platform: string;
  readonly touchPoints: number;
}

/** A name that its owner recognises in a list: "Linux, Firefox", "iPhone, Safari". */
export function suggestedDeviceName(signs: BrowserSigns): string {
  const system = systemOf(signs);
  return texts.deviceName(
    system === null ? null : texts.systems[system],
    texts.browsers[browserOf(signs)],
  );
}

type System = keyof typeof texts.systems;
type Browser = keyof typeof texts.browsers;

function systemOf({ userAgent, platform, touchPoints }: BrowserSigns): System | null {
  if (/iPhone|iPod/u.test(userAgent)) return 'iphone';
  if (/iPad/u.test(userAgent)) return 'ipad';
  if (/Android/u.test(userAgent)) return 'android';
  if (/CrOS/u.test(userAgent)) return 'chromeos';
  // An iPad calls itself a Mac; a Mac has no touch screen.
  if (/Mac/u.test(platform) || /Macintosh/u.test(userAgent))
    return touchPoints > 1 ? 'ipad' : 'mac';
  if (/Win/u.test(platform) || /Windows/u.test(userAgent)) return 'windows';
  if (/Linux/u.test(platform) || /Linux/u.test(userAgent)) return 'linux';
  return null;
}

function browserOf({ userAgent }: BrowserSigns): Browser {
  // Each of these also names those below it.
  if (/Edg(e|A|iOS)?\//u.test(userAgent)) return 'edge';
  if (/Firefox\/|FxiOS\//u.test(userAgent)) return 'firefox';
  if (/Chromium\//u.test(userAgent)) return 'chromium';
  if (/Chrome\/|CriOS\//u.test(userAgent)) return 'chrome';
  if (/Safari\//u.test(userAgent)) return 'safari';
  return 'other';
}
