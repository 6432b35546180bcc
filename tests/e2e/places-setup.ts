import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { jpegExif, pngText, tiff } from '../../src/forensics/containers/hand-made';
import { seeded } from '../fixtures/noise';
import { pngFile } from '../fixtures/png-file';

/**
 * Web sites on loopback under made-up public names (`--host-resolver-rules`), since addresses of this
 * machine are refused where the page does not stand there itself.
 */
export interface Places {
  readonly page: string;
  /** Another site's files, without CORS. */
  readonly cdn: string;
  readonly asked: { readonly path: string; readonly headers: IncomingMessage['headers'] }[];
  close(): void;
}

export const RESOLVE = '--host-resolver-rules=MAP *.example 127.0.0.1';

/** Pages, by path. `CDN` stands for the other site's origin. */
const PAGES: Readonly<Record<string, string>> = {
  '/plain': '<img id="t" src="/photo.jpg" width="400" height="300">',
  '/prompt': '<img id="t" src="/prompt.png" width="400" height="300">',
  '/foreign': '<img id="t" src="CDN/photo.jpg" width="400" height="300">',
  '/guarded': '<img id="t" src="/guarded.jpg" width="400" height="300">',
  '/background':
    '<div id="t" style="width:400px;height:300px;background:linear-gradient(#0002,#0002),url(/photo.jpg)"></div>',
  '/overlay':
    '<div style="position:relative;width:400px;height:300px"><img id="t" src="/photo.jpg" width="400" height="300"><div id="over" style="position:absolute;inset:0"></div></div>',
  '/shadow':
    '<div id="t" style="width:400px;height:300px"></div><script>document.getElementById("t").attachShadow({mode:"closed"}).innerHTML=\'<img src="/photo.jpg" width="400" height="300">\'</script>',
  '/frame': '<iframe src="/plain" width="500" height="400"></iframe>',
  '/srcset':
    '<picture><source type="image/png" srcset="/prompt.png"><img id="t" src="/photo.jpg" width="400" height="300"></picture>',
  '/svg': '<svg id="t" width="400" height="300"><image href="/photo.jpg" width="400" height="300"/></svg>',
  '/canvas':
    '<canvas id="t" width="400" height="300"></canvas><script>const i=new Image();i.onload=()=>{document.getElementById("t").getContext("2d").drawImage(i,0,0,400,300);document.title="ready"};i.src="/photo.jpg"</script>',
  '/blob':
    '<img id="t" width="400" height="300"><script>fetch("/photo.jpg").then(r=>r.blob()).then(b=>{t.src=URL.createObjectURL(b);document.title="ready"})</script>',
  '/several':
    '<div id="t" style="padding:20px;width:900px"><img src="/photo.jpg" width="300" height="225"><img src="/prompt.png" width="300" height="225"></div>',
  '/html': '<img id="t" src="/page.jpg" width="400" height="300">',
  '/empty': '<img id="t" src="/empty.jpg" width="400" height="300">',
  '/inside': '<img id="t" src="http://127.0.0.1:1/secret.png" width="400" height="300">',
};

/** @param photo a JPEG as a camera would write it, EXIF left out */
export async function startPlaces(photo: Buffer): Promise<Places> {
  const asked: { path: string; headers: IncomingMessage['headers'] }[] = [];
  const files: Readonly<Record<string, { type: string; body: Buffer }>> = {
    '/photo.jpg': { type: 'image/jpeg', body: withCameraExif(photo) },
    '/guarded.jpg': { type: 'image/jpeg', body: withCameraExif(photo) },
    '/prompt.png': { type: 'image/png', body: withPrompt() },
    '/page.jpg': { type: 'text/html', body: Buffer.from('<!doctype html><title>Log in</title>') },
    '/empty.jpg': { type: 'image/jpeg', body: Buffer.alloc(0) },
  };
  let origin = '';
  const server: Server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const path = new URL(request.url ?? '/', 'http://any.example').pathname;
    const page = PAGES[path];
    if (page !== undefined) {
      const html = `<!doctype html><body style="margin:0">${page.replaceAll('CDN', origin.replace('page.', 'cdn.'))}`;
      response.setHeader('content-type', 'text/html').end(html);
      return;
    }
    asked.push({ path, headers: request.headers });
    const file = files[path];
    const guarded = path === '/guarded.jpg' && !request.headers.referer;
    if (!file || guarded) response.writeHead(guarded ? 403 : 404).end();
    else response.setHeader('content-type', file.type).end(file.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  origin = `http://page.example:${address.port}`;
  return {
    page: origin,
    cdn: `http://cdn.example:${address.port}`,
    asked,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Puts a camera's record in front of the first segment. */
function withCameraExif(photo: Buffer): Buffer {
  const block = tiff(
    { 271: 'Canon', 272: 'Canon EOS R5' },
    { 33434: [1, 250], 33437: [28, 10], 34855: 400, 36867: '2026:05:04 10:11:12', 37386: [50, 1] },
  );
  return Buffer.concat([photo.subarray(0, 2), jpegExif(block), photo.subarray(2)]);
}

/** A PNG with the text that Stable Diffusion's best-known interface leaves. */
function withPrompt(): Buffer {
  const random = seeded(5);
  const plain = pngFile(512, 384, (x, y) => {
    const light = 100 + 50 * Math.sin(x / 30) + 40 * Math.cos(y / 25) + 20 * random();
    return [light, light * 0.8, light * 0.6];
  });
  const parameters =
    'a lighthouse at dusk\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 512x384';
  // Behind IHDR: 8 bytes of signature, 25 of the header's chunk.
  return Buffer.concat([plain.subarray(0, 33), pngText('parameters', parameters), plain.subarray(33)]);
}
