/** The device has no room for what was asked of it: fewer tasks at once need less. */
export declare class DeviceOutOfMemoryError extends Error {
    readonly name = "DeviceOutOfMemoryError";
}
/** The device went away (driver reset, unplugged, destroyed from outside); nothing on it can be used any more. */
export declare class DeviceLostError extends Error {
    readonly name = "DeviceLostError";
}
/** No device as asked for; the message says why, for a user to read. */
export declare class WebgpuUnavailableError extends Error {
    readonly name = "WebgpuUnavailableError";
}
export interface WebgpuOptions {
    /** Whether an adapter that computes on the CPU (SwiftShader, lavapipe, WARP) will do. */
    readonly allowSoftware: boolean;
    /** Place in `availableAdapters`; without it, the one that Dawn takes for the fastest. */
    readonly deviceIndex?: number;
    /** Whether timestamps are to be exact; a browser's, and so Dawn's, are rounded to a tenth of a millisecond. */
    readonly exactTimestamps?: boolean;
}
/** An open device. What it was asked to do and could not is thrown by `check`. */
export interface WebgpuDevice {
    readonly device: GPUDevice;
    readonly info: GPUAdapterInfo;
    readonly software: boolean;
    /** For people: the adapter and its driver. */
    readonly name: string;
    /** Throws what went wrong on the device since it was opened, as one of the errors above where it is one. */
    check(): void;
    /** Destroys the device. Nothing keeps the process alive after it. */
    close(): Promise<void>;
}
/**
 * Opens a device by Dawn, with as much memory as the adapter has to give.
 *
 * @throws WebgpuUnavailableError where the package, an adapter or a device is missing
 */
export declare function openWebgpu({ allowSoftware, deviceIndex, exactTimestamps, }: WebgpuOptions): Promise<WebgpuDevice>;
/** Names of the adapters that Dawn sees, software among them; empty where it sees none. */
export declare function availableAdapters(): Promise<readonly string[]>;
/** What WebGPU adds to a browser's globals. */
export declare function webgpuGlobals(): Promise<typeof globalThis>;
