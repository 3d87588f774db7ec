/** A camera worth showing to somebody who has none. */
export interface RecommendedCamera {
  readonly name: string;
  /** One line: what it looks like and what it shows off. */
  readonly description: string;
  /** Options of the viewer that show it best, by name; absent: none. */
  readonly options?: Readonly<Record<string, string>>;
}

/** The choice on the viewer page of a run with simulated cameras, and what `sim-camera` prints. */
export const RECOMMENDED_CAMERAS: readonly RecommendedCamera[] = [
  { name: "SIM:beam", description: "Beam spot drifting on a screen, 1024 × 1024, 8 bits, 25 fps" },
  {
    name: "SIM:diffraction",
    description: "Powder rings, Bragg spots and hot pixels, 1024 × 1024, 16 bits, 10 fps",
  },
  { name: "SIM:bars", description: "Television colour bars, 1280 × 720, RGB, 25 fps" },
  { name: "SIM:noise", description: "Noise in every pixel, 640 × 480: the hardest picture to compress" },
  {
    name: "SIM:gradient",
    description: "Wandering ramp through 12 bits, 1024 × 768: shows banding and ranges",
  },
  {
    name: "SIM:diffraction:uint16:bslz4",
    description: "The same compressed; hot pixels left out of the range by percentiles, in colours of heat",
    options: { range: "auto:1,99", curve: "sqrt", map: "inferno" },
  },
  {
    name: "SIM:bars:uint8:bayer-gbrg",
    description: "A colour sensor behind a Bayer mosaic (GBRG), 1280 × 720, demosaiced here",
  },
  {
    name: "SIM:beam:uint16:blosc-zstd",
    description: "A 12-bit beam spot packed with Blosc, in false colours, saturated samples marked",
    options: { range: "0,3500", map: "viridis", saturated: "on" },
  },
  { name: "SIM:bars:1280x720:uint8:jpeg", description: "A camera that sends JPEG: passed on untouched" },
  {
    name: "SIM:bars:640x480:uint8:yuv422@50",
    description: "A video camera, YUV 4:2:2, 50 fps",
  },
  {
    name: "SIM:beam:2048x2048:uint16@100",
    description: "A fast large camera: 800 MB/s of pixels at 100 fps",
  },
  {
    name: "SIM:beam:640x480:uint8:rgb3@50",
    description: "A colour camera, planes one after the other, 50 fps",
  },
  { name: "SIM:gradient:800x600:float64@5", description: "Floating-point samples from 0 to 1, 5 fps" },
  {
    name: "SIM:diffraction:512x512:int32@1",
    description: "Signed 32-bit samples from −100 000 up, one frame a second",
  },
  { name: "SIM:bars:320x240@0.1", description: "A still camera: one frame in ten seconds" },
];
