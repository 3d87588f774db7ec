/** Simulated cameras: a real PVA server whose channel names say what they deliver. */

export { CameraNameError, parseCameraName, type CameraNameErrorCode } from "./camera-name.ts";
export { RECOMMENDED_CAMERAS, type RecommendedCamera } from "./recommended.ts";
export { startSimulation, type Simulation, type SimulationOptions } from "./simulation.ts";
