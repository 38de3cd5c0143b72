/** WebGPU's numbers, which a browser has as globals. */
export declare const bufferUsage: {
    readonly mapRead: 1;
    readonly copySource: 4;
    readonly copyDestination: 8;
    readonly uniform: 64;
    readonly storage: 128;
    readonly queryResolve: 512;
};
export declare const mapModeRead = 1;
/** A buffer on loan. */
export interface Lease {
    readonly buffer: GPUBuffer;
    /** Gives it back, if it was not given back before. Commands that were recorded before still see it as it was. */
    release(): void;
}
/** Buffers that are used again: in a steady state nothing is allocated. */
export interface BufferPool {
    /** A buffer of at least `bytes`, of any content. Throws where the device has no such buffers. */
    lease(bytes: number, usage?: number): Lease;
    /** Takes back all that is on loan. */
    releaseAll(): void;
    /** Waits until the device has said whether it had room for all buffers so far; throws where it had not. */
    settle(): Promise<void>;
    /** Ends a read: frees what nobody took for a while, and all that is free where it has become very much. */
    trim(): void;
    /** Frees everything, buffers in use too. */
    close(): void;
    readonly bytesAllocated: number;
    readonly buffers: number;
    /** How many are on loan. */
    readonly leases: number;
}
export declare function createBufferPool(device: GPUDevice): BufferPool;
