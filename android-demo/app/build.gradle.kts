plugins {
    alias(libs.plugins.android.application)
    alias(libs.plugins.kotlin.android)
    alias(libs.plugins.kotlin.compose)
}

kotlin { jvmToolchain(17) }

android {
    namespace = "butler.demo.app"
    compileSdk = 35

    defaultConfig {
        applicationId = "butler.demo.app"
        minSdk = 26
        targetSdk = 35
        versionCode = 1
        versionName = libs.versions.butler.get()
    }

    // What both programs draw, and Android's part.
    sourceSets["main"].kotlin.srcDirs("src/screens/kotlin", "src/main/kotlin")

    buildFeatures { compose = true }
}

dependencies {
    implementation(libs.butler)
    implementation(libs.coroutines)
    implementation(libs.compose.runtime)
    implementation(libs.compose.ui)
    implementation(libs.compose.foundation)
    implementation(libs.compose.animation)
    implementation(libs.compose.material3)
    implementation(libs.activity.compose)
    implementation(libs.core.ktx)
    implementation(libs.lifecycle.runtime.compose)
    implementation(libs.lifecycle.viewmodel.compose)
    implementation(libs.work.runtime)
    implementation(libs.zxing.core)
}
