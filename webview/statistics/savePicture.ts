// A chart as a file: SVG that needs no page around it, and PNG.

/** Presentation that the page gives by rules and variables, and a file must say itself. */
const PROPERTIES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-miterlimit',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'font-variant-numeric',
  'text-anchor',
];
const PNG_SCALE = 2;
const SVG_NAMESPACE = 'http://www.w3.org/2000/svg';

/** @param chart as it is in the page, whose theme it takes along */
export function standaloneSvg(chart: SVGSVGElement, title: string): string {
  const copy = chart.cloneNode(true) as SVGSVGElement;
  const originals = [chart, ...chart.querySelectorAll<SVGElement>('*')];
  const copies = [copy, ...copy.querySelectorAll<SVGElement>('*')];
  for (const [n, original] of originals.entries()) {
    const computed = getComputedStyle(original);
    const target = copies[n];
    target?.removeAttribute('class');
    target?.removeAttribute('style');
    for (const name of PROPERTIES) {
      target?.setAttribute(name, computed.getPropertyValue(name));
    }
  }
  const { width, height } = sizeOf(chart);
  const page = document.createElementNS(SVG_NAMESPACE, 'rect');
  page.setAttribute('width', String(width));
  page.setAttribute('height', String(height));
  page.setAttribute('fill', getComputedStyle(document.body).backgroundColor);
  const heading = document.createElementNS(SVG_NAMESPACE, 'title');
  heading.textContent = title;
  copy.prepend(heading, page);
  copy.setAttribute('xmlns', SVG_NAMESPACE);
  // runs of blanks in labels
  copy.setAttribute('xml:space', 'preserve');
  return new XMLSerializer().serializeToString(copy);
}

/** The same in pixels, two for each of the page's. */
export async function toPng(svg: string, chart: SVGSVGElement): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height } = sizeOf(chart);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = PNG_SCALE * width;
  canvas.height = PNG_SCALE * height;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) {
    throw new Error('the picture could not be made');
  }
  return new Uint8Array(await blob.arrayBuffer());
}

function sizeOf(chart: SVGSVGElement): { readonly width: number; readonly height: number } {
  return {
    width: Number(chart.getAttribute('width')),
    height: Number(chart.getAttribute('height')),
  };
}
