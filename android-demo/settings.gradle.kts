// For Android Studio: opens the app and makes an APK of it. Tests, pictures and the window on a desk are Maven's (pom.xml).
// `cargo xtask package` comes first: it lays the butler's library out in target/repository.
pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositoriesMode = RepositoriesMode.FAIL_ON_PROJECT_REPOS
    repositories {
        maven(url = uri("../target/repository")) { content { includeGroup("butler") } }
        google()
        mavenCentral()
    }
}

rootProject.name = "android-demo"
include(":app")
