/**
 * The example replies of the providers' documentation, byte for byte. Where a page shows less than a
 * whole JSON text, that is said; `documented.test.ts` holds them against the pages themselves.
 */

/** `POST /v1/detect`. The page leaves out the outer braces and shortens the hash. */
export const FAUXLENS_REPLY_BODY = `"verdict": "AI-Generated", "confidence": 0.94, "suspected_model": "Midjourney v6", "processing_time_ms": 1847, "image_hash": "sha256:a3f8c2...", "evidence": [ { "layer": "gan_fingerprint", "status": "flagged", "label": "GAN Fingerprint Detected", "explanation": "Frequency-domain artifacts consistent with Midjourney v6 diffusion model denoising schedule detected at 0.89 confidence." }, { "layer": "prnu_analysis", "status": "flagged", "label": "No Camera Sensor Pattern", "explanation": "PRNU noise fingerprint absent. Image contains no coherent sensor noise pattern consistent with any known camera manufacturer." }, { "layer": "ela", "status": "warning", "label": "Uniform ELA Distribution", "explanation": "Error level analysis shows spatially uniform compression error distribution across the entire image — consistent with synthetic origin rather than a photographed scene." }, { "layer": "frequency_domain", "status": "flagged", "label": "Unnatural Spectral Signature", "explanation": "Fourier spectrum analysis reveals periodic artifacts at 64-pixel intervals in both horizontal and vertical axes — characteristic of latent diffusion model decoding." }, { "layer": "shadow_physics", "status": "warning", "label": "Shadow Inconsistency", "explanation": "Shadow direction vectors in lower-left quadrant are inconsistent with the apparent primary light source position." }, { "layer": "exif_metadata", "status": "flagged", "label": "No Camera EXIF", "explanation": "Image contains no EXIF metadata. No camera make, model, lens, or capture timestamp present." } ]`;

export const FAUXLENS_REPLY = `{${FAUXLENS_REPLY_BODY}}`;

/** `POST /api/v1/detect` */
export const FAKESEC_REPLY = `{
  "success": true,
  "data": {
    "id": "42",
    "media_type": "photo",
    "ai_score": 0.85,
    "verdict": "AI",
    "confidence": 85,
    "breakdown": {
      "ai_model_1": 0.92,
      "ai_model_2": 0.88,
      "ai_model_3": 0.79,
      "fft": 0.65,
      "noise": 0.71,
      "pixel": 0.58,
      "exif": -1,
      "ela": 0.73,
      "texture": 0.62,
      "color": 0.45,
      "benford": 0.38,
      "edge": 0.55
    },
    "tokens_used": 1,
    "tokens_remaining": 4999
  }
}`;

/** `POST /api/v1/detect` with a test key, as the page shows it: its breakdown is left out. */
export const FAKESEC_TEST_REPLY_SHOWN = `{
  "success": true,
  "test": true,
  "data": {
    "id": "test_a1b2c3d4e5f6",
    "media_type": "photo",
    "ai_score": 0.72,
    "verdict": "AI",
    "confidence": 72,
    "breakdown": { ... },
    "tokens_used": 0,
    "tokens_remaining": 5000
  }
}`;

/** `GET /api/v1/usage` */
export const FAKESEC_USAGE = `{
  "success": true,
  "data": {
    "plan": "pro",
    "tokens_limit": 5000,
    "tokens_used": 1234,
    "tokens_remaining": 3766,
    "rate_limit": 150,
    "billing_reset": "2026-03-22T00:00:00"
  }
}`;

/** Any error */
export const FAKESEC_ERROR = `{
  "success": false,
  "error": {
    "code": "invalid_api_key",
    "message": "Invalid API key"
  }
}`;

/** `POST /api/v4/deepfake/analyse/image` */
export const VERIPLUS_IMAGE = `{
"success": true,
"data": {
"jobId": "job_img_abc123",
"isDeepfake": true,
"confidence": 87,
"manipulationType": "FACE_SWAP",
"riskScore": 82,
"recommendation": "REJECT",
"analysis": {
"faceRegions": [
{
"bbox": [120, 80, 280, 320],
"deepfakeScore": 89,
"artifacts": [
"Inconsistent lighting on face",
"Blending artifacts around jawline",
"GAN fingerprint detected"
]
}
],
"metadata": {
"resolution": "1920x1080",
"format": "JPEG",
"exifStripped": true
}
},
"creditsUsed": 2,
"processedAt": "2024-01-15T10:30:05Z"
}
}`;

/** `POST /api/v4/deepfake/analyse/video` */
export const VERIPLUS_JOB_CREATED = `{
"success": true,
"data": {
"jobId": "job_vid_xyz789",
"status": "PROCESSING",
"estimatedTime": "45 seconds"
}
}`;

/** `GET /api/v4/deepfake/jobs/:id` */
export const VERIPLUS_JOB_COMPLETED = `{
"success": true,
"data": {
"jobId": "job_vid_xyz789",
"status": "COMPLETED",
"video": {
"filename": "verification_video.mp4",
"duration": "12.5 seconds",
"frameCount": 375,
"resolution": "1280x720",
"fps": 30
},
"result": {
"isDeepfake": true,
"confidence": 89,
"manipulationType": "FACE_SWAP",
"riskScore": 85,
"recommendation": "REJECT"
},
"analysis": {
"temporalCoherence": {
"score": 42,
"issues": ["Irregular blinking", "Micro-jitter"]
},
"faceDetection": {
"averageConfidence": 76,
"stableDetection": false
},
"audioVisualSync": {
"lipSyncScore": 65,
"verdict": "POOR_SYNC"
},
"screenReplay": {
"detected": false
},
"liveness": {
"result": "FAIL",
"spoofingType": "DEEPFAKE_VIDEO"
}
},
"suspiciousFrames": [
{
"frameNumber": 45,
"timestamp": "1.5s",
"issue": "Face detection dropped",
"confidence": 42
}
],
"creditsUsed": 5,
"completedAt": "2024-01-15T10:31:05Z"
}
}`;

/** `POST /api/v4/deepfake/analyse/audio` */
export const VERIPLUS_AUDIO = `{
"success": true,
"data": {
"jobId": "job_aud_abc123",
"isSynthetic": true,
"confidence": 94,
"method": "TTS_ENGINE",
"riskScore": 91,
"recommendation": "REJECT",
"analysis": {
"spectralAnomalies": true,
"unnaturalProsody": true,
"modelFingerprint": "OpenAI_TTS_v1",
"voicePrintMatch": false
},
"creditsUsed": 3,
"processedAt": "2024-01-15T10:30:08Z"
}
}`;

/** Body of a webhook */
export const VERIPLUS_WEBHOOK = `{
"event": "deepfake.deepfake_detected",
"timestamp": "2024-01-15T10:31:05Z",
"data": {
"jobId": "job_vid_xyz789",
"mediaType": "VIDEO",
"isDeepfake": true,
"confidence": 89,
"manipulationType": "FACE_SWAP"
}
}`;

/** `POST /api/detect` */
export const DETECTIKS_REPLY = `{
  "score": 87.3,
  "verdict": "AI generated",
  "presentation": "AI generation detected with high confidence",
  "confidence": 0.97,
  "uncertainty": 0.02,
  "explanations": [
    "Metadata mentions Adobe Firefly",
    "Frequency grid detected near reflections"
  ],
  "hashes": {
    "sha256": "171f290b04b6ca5705e6f6b2c4a0c796edc4a1d7efb2a7a7ae357c4b5d314e74"
  },
  "modules": {
    "visual": {
      "score": 0.92,
      "flags": ["skin_smoothing", "melting_edges"]
    },
    "metadata": {
      "score": 0.78,
      "flags": ["firefly_signature"]
    },
    "physics": {
      "score": 0.65,
      "flags": []
    },
    "frequency": {
      "score": 0.88,
      "flags": ["grid_artifact"]
    },
    "ml": {
      "score": 0.93,
      "flags": []
    },
    "provenance": {
      "score": 0.4,
      "flags": []
    },
    "fusion": {
      "score": 0.87,
      "flags": []
    }
  }
}`;
