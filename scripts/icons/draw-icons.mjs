import { readFile, writeFile } from 'node:fs/promises';
import { chromium } from '@playwright/test';

/**
 * Draws the app's PNG icons from static/icon.svg: `node scripts/icons/draw-icons.mjs`, with CHROMIUM_PATH naming a browser.
 * The maskable one has the mark smaller and no corners: systems cut it to their own shape.
 */
const folder = new URL('../../static/', import.meta.url);
const drawing = await readFile(new URL('icon.svg', folder), 'utf8');
const maskable = drawing
  .replace('rx="112"', 'rx="0"')
  .replace('translate(76 76) scale(15)', 'translate(112 112) scale(12)');
const icons = [
  { file: 'icon-192.png', size: 192, svg: drawing },
  { file: 'icon-512.png', size: 512, svg: drawing },
  { file: 'icon-maskable-512.png', size: 512, svg: maskable },
];

const browser = await chromium.launch({
  ...(process.env.CHROMIUM_PATH === undefined ? {} : { executablePath: process.env.CHROMIUM_PATH }),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  for (const { file, size, svg } of icons) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(
      `<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`,
    );
    await writeFile(new URL(file, folder), await page.screenshot({ omitBackground: true }));
    await page.close();
  }
} finally {
  await browser.close();
}
